using Prometheus;

namespace SignalStream.Predictor.Forecasts;

internal sealed class ForecastMetrics(IMetricFactory metrics)
{
    private readonly Counter _scored = metrics.CreateCounter(
        "signalstream_predictor_outcomes_total", "Outcomes that were forecast, by whether the interval held them.", ["level", "held"]);
    private readonly Counter _error = metrics.CreateCounter(
        "signalstream_predictor_absolute_error_ms_total", "Sum of absolute errors of the forecast and of the naive one (the last interval again).", ["forecast"]);

    public void Scored(string level, bool held) => _scored.WithLabels(level, held ? "yes" : "no").Inc();

    public void Erred(double forecastMs, double naiveMs)
    {
        _error.WithLabels("model").Inc(forecastMs);
        _error.WithLabels("naive").Inc(naiveMs);
    }
}
