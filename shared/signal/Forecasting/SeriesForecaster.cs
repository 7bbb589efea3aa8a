using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>Forecasts any series of measurements, 1, 3, 6 and 12 values ahead at once, with intervals of 50, 80 and 90 %.</summary>
/// <remarks>
/// A pool of 24 online forecasters for each distance: last value, drift, five exponential means, damped trend, four running
/// medians, profiles of hour, day, workday and weekend, week and yesterday, and robust autoregressions with and without the
/// seasons, plain and through asinh. Mixed by their recent losses (<see cref="ExpertMixture"/>), the last value among them,
/// so that no series ends much worse than the naive forecast; intervals by online conformal adaptation
/// (<see cref="IntervalTracker"/>). Sources in docs/ALGORITHMS.md. Nothing is allocated after construction; the state is below 64 KiB.
/// </remarks>
public sealed class SeriesForecaster : IStateful
{
    private const int Version = 1;
    private const int FewestValues = 60;

    private readonly SeriesSeasons _seasons = new();
    private readonly SeriesFeatures _features;
    private readonly SeriesHorizon[] _horizons = new SeriesHorizon[ForecastHorizons.Count];
    private readonly HorizonForecast[] _forecasts = new HorizonForecast[ForecastHorizons.Count];

    /// <summary>Makes one that has seen nothing.</summary>
    public SeriesForecaster()
    {
        _features = new SeriesFeatures(_seasons);
        for (var i = 0; i < _horizons.Length; i++)
            _horizons[i] = new SeriesHorizon(ForecastHorizons.Steps[i], _seasons, _features);
        var counter = StateWriter.Counter;
        Write(ref counter);
        StateSize = counter.Length;
    }

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <summary>Whether enough was seen for the intervals to mean something.</summary>
    public bool IsReady => _features.Seen >= FewestValues;

    /// <summary>What is expected now, one a horizon; as after the last value.</summary>
    public ReadOnlySpan<HorizonForecast> Forecasts => _forecasts;

    /// <summary>Takes the next value: learns from the forecasts of it, and forecasts anew.</summary>
    /// <param name="timeNs">Its time, ns since the Unix epoch; time that stands still or goes back is borne.</param>
    /// <param name="value">Finite, of a magnitude below 1e30.</param>
    public void Process(long timeNs, double value)
    {
        if (!(Math.Abs(value) < 1e30))
            throw new ArgumentOutOfRangeException(nameof(value), value, "A value must be finite and below 1e30 in magnitude.");
        foreach (var horizon in _horizons)
            horizon.Learn(value);
        _features.Add(timeNs, value);
        for (var i = 0; i < _horizons.Length; i++)
            _forecasts[i] = _horizons[i].Forecast(timeNs, i == 0 ? null : _horizons[0]);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _seasons.Reset();
        _features.Reset();
        foreach (var horizon in _horizons)
            horizon.Reset();
        _forecasts.AsSpan().Clear();
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> destination)
    {
        var writer = new StateWriter(destination, StateSize);
        Write(ref writer);
    }

    /// <inheritdoc/>
    public void RestoreState(ReadOnlySpan<byte> source)
    {
        var reader = new StateReader(source, StateSize);
        reader.Expect(Version, "version");
        _seasons.Read(ref reader);
        _features.Read(ref reader);
        foreach (var horizon in _horizons)
            horizon.Read(ref reader);
        reader.ReadAll(_forecasts.AsSpan());
    }

    private void Write(ref StateWriter writer)
    {
        writer.Write(Version);
        _seasons.Write(ref writer);
        _features.Write(ref writer);
        foreach (var horizon in _horizons)
            horizon.Write(ref writer);
        writer.WriteAll<HorizonForecast>(_forecasts);
    }
}
