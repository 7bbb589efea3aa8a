using SignalStream.Signal.Indicators;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>Forecasts a market price 1, 3, 6 and 12 bars ahead: hardly better than the last price, but knowing how sure that is.</summary>
/// <remarks>
/// A pool for each distance: the last price, drift held back by its own uncertainty, two regressions on the indicators held
/// near zero; mixed by recent loss with most of the trust in the last price. The chance of a rise is
/// <see cref="RiseProbability"/>; the width rests on changes, ranges and the time of day (<see cref="PriceSpread"/>) and is
/// kept honest by <see cref="IntervalTracker"/>. Nothing is allocated after construction; the state is below 64 KiB.
/// </remarks>
public sealed class PriceForecaster : IStateful
{
    private const int Version = 1;
    private const int FewestBars = 60;
    private const int VolatilityMemory = 250;

    private readonly PriceIndicators _indicators = new();
    private readonly PriceSpread _spread = new();
    private readonly SlidingQuantiles _volatilities = new(VolatilityMemory);
    private readonly PriceHorizon[] _horizons = new PriceHorizon[ForecastHorizons.Count];
    private readonly HorizonForecast[] _forecasts = new HorizonForecast[ForecastHorizons.Count];
    private readonly double[] _x = new double[PriceFeatures.Count];
    private double _close;

    /// <summary>Makes one of the newest model that has seen nothing.</summary>
    public PriceForecaster()
        : this(PriceModel.Pool)
    {
    }

    /// <summary>Makes one that has seen nothing.</summary>
    /// <param name="model">Which version.</param>
    public PriceForecaster(PriceModel model)
    {
        Model = model;
        for (var i = 0; i < _horizons.Length; i++)
            _horizons[i] = new PriceHorizon(ForecastHorizons.Steps[i], _spread, model.UsesIndicators);
        var counter = StateWriter.Counter;
        Write(ref counter);
        StateSize = counter.Length;
    }

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <summary>Which version it is.</summary>
    public PriceModel Model { get; }

    /// <summary>Whether enough was seen for the figures to mean something.</summary>
    public bool IsReady => _spread.Count >= FewestBars;

    /// <summary>What is expected now, one a horizon; as after the last bar and in its prices.</summary>
    public ReadOnlySpan<HorizonForecast> Forecasts => _forecasts;

    /// <summary>Indicators after the last bar.</summary>
    public IndicatorValues Indicators => _indicators.Values;

    /// <summary>Share of the last 250 bars at which the price had moved less over 20 bars than now; 0 to 1.</summary>
    public double VolatilityScore { get; private set; } = 0.5;

    /// <summary>Takes the next bar: learns from the forecasts of its close, and forecasts anew.</summary>
    /// <exception cref="ArgumentException">The bar breaks a rule of <see cref="PriceBar.Fault"/>.</exception>
    public void Process(in PriceBar bar)
    {
        if (bar.Fault() is { } fault) throw new ArgumentException(fault, nameof(bar));
        if (bar.Split != 1) Rescale(1 / bar.Split);
        var number = _spread.Count;
        foreach (var horizon in _horizons)
            horizon.Learn(number, bar.Close);
        _spread.Add(bar, number > 0 ? _close : bar.Close);
        _indicators.Process(bar);
        _close = bar.Close;
        ScoreVolatility(_indicators.Values.Volatility20);
        var spread = Math.Max(1e-9, _spread.Changes[2]);
        PriceFeatures.Fill(bar, _indicators.Values, spread, Math.Max(1e-9, _spread.Changes[3]), _x);
        for (var i = 0; i < _horizons.Length; i++)
            _forecasts[i] = _horizons[i].Forecast(number, bar.Close, _x);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _indicators.Reset();
        _spread.Reset();
        _volatilities.Reset();
        foreach (var horizon in _horizons)
            horizon.Reset();
        _forecasts.AsSpan().Clear();
        (_close, VolatilityScore) = (0, 0.5);
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
        _indicators.Read(ref reader);
        _spread.Read(ref reader);
        _volatilities.Read(ref reader);
        foreach (var horizon in _horizons)
            horizon.Read(ref reader);
        reader.ReadAll(_forecasts.AsSpan());
        (_close, VolatilityScore) = (reader.Read<double>(), reader.Read<double>());
    }

    private void Write(ref StateWriter writer)
    {
        writer.Write(Version);
        _indicators.Write(ref writer);
        _spread.Write(ref writer);
        _volatilities.Write(ref writer);
        foreach (var horizon in _horizons)
            horizon.Write(ref writer);
        writer.WriteAll<HorizonForecast>(_forecasts);
        writer.WriteAll<double>([_close, VolatilityScore]);
    }

    private void Rescale(double factor)
    {
        _close *= factor;
        foreach (var horizon in _horizons)
            horizon.Rescale(factor);
    }

    private void ScoreVolatility(double volatility)
    {
        if (double.IsNaN(volatility)) return;
        VolatilityScore = _volatilities.RankOf(volatility);
        _volatilities.Add(volatility);
    }
}
