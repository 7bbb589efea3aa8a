using SignalStream.Signal.Numerics;

namespace SignalStream.Signal.Synthesis;

/// <summary>Endless round trips over a simulated network: a daily swing, queues, congestion, other routes, spikes, lost readings.</summary>
/// <remarks>
/// Events come as a Poisson process from reading to reading; queues are exponential (M/M/1), congestion is a raised cosine.
/// Own transcendental functions, so that a seed gives the same readings everywhere. O(1) a reading, no allocation.
/// </remarks>
public sealed class LatencyGenerator
{
    private const double SecondsPerDay = 86_400;
    private const double LossInBurst = 0.5;

    private readonly LatencySettings _settings;
    private readonly double _intervalS;
    private Xoshiro256 _chance;
    private double _routeMs;
    private double _congestionS;
    private double _congestionLengthS;
    private double _congestionMs;
    private double _burstS;

    /// <summary>Makes a generator.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    public LatencyGenerator(LatencySettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        _settings = settings;
        _intervalS = settings.IntervalMs / 1000;
        _chance = new Xoshiro256(settings.Seed);
    }

    /// <summary>The next reading.</summary>
    /// <param name="timeNs">When it is sent, ns since the Unix epoch: for the time of day.</param>
    /// <returns>The round trip, ms; NaN when it is lost.</returns>
    public float Next(long timeNs)
    {
        Begin();
        var busy = 1 + (_settings.DiurnalShare * Busyness(timeNs));
        var ms = (_settings.BaseMs + _routeMs) * (1 + (0.2 * (busy - 1)));
        ms += _settings.JitterMs * busy * Exponential();
        ms += Congestion();
        if (_chance.NextUnit() < _settings.SpikesPerHour / 3600 * _intervalS)
            ms += _settings.SpikeMs * (0.5 + (0.5 * Exponential()));
        var isLost = _chance.NextUnit() < (_burstS > 0 ? LossInBurst : _settings.LossShare);
        _burstS -= _intervalS;
        return isLost ? float.NaN : (float)ms;
    }

    private void Begin()
    {
        if (Happens(_settings.RouteChangesPerDay))
            _routeMs = _settings.RouteMs * _chance.NextUnit();
        if (Happens(_settings.CongestionsPerDay) && _congestionS >= _congestionLengthS)
        {
            _congestionS = 0;
            _congestionLengthS = 60 * _settings.CongestionMinutes * (0.5 + _chance.NextUnit());
            _congestionMs = _settings.CongestionMs * (0.5 + _chance.NextUnit());
        }

        if (Happens(_settings.LossBurstsPerDay))
            _burstS = _settings.LossBurstSeconds * (0.5 + _chance.NextUnit());
    }

    private bool Happens(double perDay) => _chance.NextUnit() < perDay / SecondsPerDay * _intervalS;

    private double Congestion()
    {
        if (_congestionS >= _congestionLengthS)
            return 0;
        var height = 0.5 * (1 - PortableMath.SinTurns((_congestionS / _congestionLengthS) + 0.25));
        _congestionS += _intervalS;
        return _congestionMs * height * (0.7 + (0.6 * _chance.NextUnit()));
    }

    /// <summary>0 at the quietest hour to 1 at the busiest.</summary>
    private double Busyness(long timeNs)
    {
        var hour = timeNs / 3.6e12;
        return 0.5 * (1 + PortableMath.SinTurns(((hour - _settings.PeakHour) / 24) + 0.25));
    }

    private double Exponential() => -PortableLog.Log(1 - _chance.NextUnit());
}
