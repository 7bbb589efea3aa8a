namespace SignalStream.Signal.Synthesis;

/// <summary>What a simulated way through a network is like. Two generators of equal settings make equal readings.</summary>
public sealed record LatencySettings
{
    /// <summary>From one reading to the next, ms, from 10 to 3,600,000.</summary>
    public double IntervalMs { get; init; } = 500;

    /// <summary>Round trip of the empty way, ms, above 0.</summary>
    public double BaseMs { get; init; } = 20;

    /// <summary>Mean time in queues on top of it, ms; exponentially distributed.</summary>
    public double JitterMs { get; init; } = 1;

    /// <summary>How much longer queues and way are at the busiest hour, as a share; a sine over the day.</summary>
    public double DiurnalShare { get; init; }

    /// <summary>The busiest hour of the day (UTC), 0 to 24.</summary>
    public double PeakHour { get; init; } = 20;

    /// <summary>Single readings that take much longer, an hour.</summary>
    public double SpikesPerHour { get; init; }

    /// <summary>How much longer these take in the mean, ms.</summary>
    public double SpikeMs { get; init; } = 60;

    /// <summary>Stretches of congestion a day: the round trip rises, falls and varies.</summary>
    public double CongestionsPerDay { get; init; }

    /// <summary>How long one takes in the mean, minutes.</summary>
    public double CongestionMinutes { get; init; } = 4;

    /// <summary>How much one adds at its height, ms.</summary>
    public double CongestionMs { get; init; } = 40;

    /// <summary>Changes of the route a day: the way is longer or shorter from then on.</summary>
    public double RouteChangesPerDay { get; init; }

    /// <summary>How much a route may add, ms.</summary>
    public double RouteMs { get; init; } = 15;

    /// <summary>Share of the readings that are lost at any time, 0 to 1.</summary>
    public double LossShare { get; init; }

    /// <summary>Bursts of loss a day.</summary>
    public double LossBurstsPerDay { get; init; }

    /// <summary>How long one takes in the mean, s; half of its readings are lost.</summary>
    public double LossBurstSeconds { get; init; } = 10;

    /// <summary>Of the chance in it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Refuses what is no line.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range; the message names it.</exception>
    internal void Validate()
    {
        Check(nameof(IntervalMs), IntervalMs, 10, 3_600_000);
        Check(nameof(BaseMs), BaseMs, 0.001, 60_000);
        Check(nameof(JitterMs), JitterMs, 0, 10_000);
        Check(nameof(DiurnalShare), DiurnalShare, 0, 10);
        Check(nameof(PeakHour), PeakHour, 0, 24);
        Check(nameof(SpikesPerHour), SpikesPerHour, 0, 3600);
        Check(nameof(SpikeMs), SpikeMs, 0, 60_000);
        Check(nameof(CongestionsPerDay), CongestionsPerDay, 0, 1440);
        Check(nameof(CongestionMinutes), CongestionMinutes, 0.01, 1440);
        Check(nameof(CongestionMs), CongestionMs, 0, 60_000);
        Check(nameof(RouteChangesPerDay), RouteChangesPerDay, 0, 1440);
        Check(nameof(RouteMs), RouteMs, 0, 60_000);
        Check(nameof(LossShare), LossShare, 0, 1);
        Check(nameof(LossBurstsPerDay), LossBurstsPerDay, 0, 86_400);
        Check(nameof(LossBurstSeconds), LossBurstSeconds, 0.1, 86_400);
    }

    private static void Check(string name, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {least} to {most}.");
    }
}
