using Prometheus;

namespace SignalStream.Predictor.Market;

internal sealed class MarketMetrics(IMetricFactory metrics)
{
    private readonly Counter _bars = metrics.CreateCounter(
        "signalstream_predictor_bars_total", "Market bars that were forecast from.");
    private readonly Counter _repeated = metrics.CreateCounter(
        "signalstream_predictor_bars_repeated_total", "Market bars that had come before, or are of an epoch that is over.");

    public void Worked() => _bars.Inc();

    public void Repeated() => _repeated.Inc();
}
