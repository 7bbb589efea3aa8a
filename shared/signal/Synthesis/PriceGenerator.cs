using SignalStream.Signal.Indicators;
using SignalStream.Signal.Numerics;

namespace SignalStream.Signal.Synthesis;

/// <summary>How a price that nobody trades moves.</summary>
/// <param name="Price">At the start, above 0.</param>
/// <param name="Seed">Equal seeds and settings make equal bars.</param>
public sealed record PriceSettings(double Price, ulong Seed)
{
    /// <summary>Usual standard deviation of a bar's change, relative.</summary>
    public double Volatility { get; init; } = 0.001;

    /// <summary>How much of yesterday's log volatility stays, in [0, 1).</summary>
    public double Persistence { get; init; } = 0.98;

    /// <summary>Standard deviation of the log volatility's own changes.</summary>
    public double VolatilityOfVolatility { get; init; } = 0.12;

    /// <summary>Jumps a bar.</summary>
    public double JumpsPerBar { get; init; } = 0.004;

    /// <summary>Standard deviation of a jump, in usual standard deviations.</summary>
    public double JumpSize { get; init; } = 6;

    /// <summary>Volume of a usual bar.</summary>
    public double Volume { get; init; } = 10_000;
}

/// <summary>Bars of a price with stochastic volatility and jumps, seeded.</summary>
/// <remarks>
/// Log volatility is an autoregression (Taylor SJ 1986, Modelling Financial Time Series), jumps come at random and are
/// normal (Merton 1976, doi:10.1016/0304-405X(76)90022-2). A bar is eight steps, of which high and low are taken. No drift.
/// </remarks>
public sealed class PriceGenerator
{
    private const int StepsABar = 8;
    private const double LeastPrice = 0.01;

    private readonly PriceSettings _settings;
    private Xoshiro256 _random;
    private double _price;
    private double _logVolatility;

    /// <summary>Makes one.</summary>
    public PriceGenerator(PriceSettings settings)
    {
        _settings = settings;
        _random = new Xoshiro256(settings.Seed);
        _price = settings.Price;
    }

    /// <summary>The next bar.</summary>
    /// <param name="timeNs">Its start, ns since the Unix epoch.</param>
    public PriceBar Next(long timeNs)
    {
        _logVolatility = (_settings.Persistence * _logVolatility) + (_settings.VolatilityOfVolatility * _random.NextBell());
        var calm = PortableMath.Exp(Math.Clamp(_logVolatility, -3, 3));
        var size = _settings.Volatility * calm / Math.Sqrt(StepsABar);
        var open = _price;
        double high = open, low = open;
        for (var i = 0; i < StepsABar; i++)
        {
            Move(size * _random.NextBell());
            (high, low) = (Math.Max(high, _price), Math.Min(low, _price));
        }

        if (_random.NextUnit() < _settings.JumpsPerBar)
        {
            Move(_settings.Volatility * _settings.JumpSize * _random.NextBell());
            (high, low) = (Math.Max(high, _price), Math.Min(low, _price));
        }

        var volume = Math.Round(_settings.Volume * calm * PortableMath.Exp(0.4 * _random.NextBell()));
        return new PriceBar(timeNs, open, high, low, _price, volume);
    }

    private void Move(double change) => _price = Math.Max(LeastPrice, _price * (1 + Math.Clamp(change, -0.5, 0.5)));
}
