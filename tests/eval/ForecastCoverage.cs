using System.Globalization;
using SignalStream.Signal.Beats;
using SignalStream.Signal.Forecasting;

namespace SignalStream.Eval;

/// <summary>How often the next RR interval of the detected beats lay in the intervals that were forecast for it.</summary>
internal sealed class ForecastCoverage
{
    private int _forecasts, _half, _eighty, _ninety;

    public void Add(IEnumerable<Beat> beats)
    {
        var forecaster = new RrForecaster();
        foreach (var rrMs in beats.Select(beat => beat.RrMs).Where(rrMs => rrMs > 0))
        {
            if (forecaster.Forecast() is { } forecast) Count(forecast, rrMs);
            forecaster.Process(rrMs);
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"RR forecasts: {_forecasts}; 50, 80, 90 % intervals held {Percent(_half):F1}, {Percent(_eighty):F1}, {Percent(_ninety):F1} %");

    private void Count(in RrForecast forecast, float rrMs)
    {
        _forecasts++;
        if (Holds(forecast.Half, rrMs)) _half++;
        if (Holds(forecast.Eighty, rrMs)) _eighty++;
        if (Holds(forecast.Ninety, rrMs)) _ninety++;
    }

    private double Percent(int count) => 100.0 * count / Math.Max(1, _forecasts);

    private static bool Holds(ForecastInterval interval, float rrMs) => rrMs >= interval.Low && rrMs <= interval.High;
}
