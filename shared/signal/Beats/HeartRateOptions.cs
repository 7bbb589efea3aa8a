namespace SignalStream.Signal.Beats;

/// <summary>When a heart rate is trusted.</summary>
public sealed record HeartRateOptions
{
    /// <summary>Fewest RR intervals for an average. Three tell a rate from a stray pair of beats.</summary>
    public int FewestIntervals { get; init; } = 3;

    /// <summary>Longest time since the last beat, ms. The slowest rate shown, 15/min, has a beat every 4,000 ms.</summary>
    public float StaleMs { get; init; } = 5000;

    /// <summary>Least mean confidence of the last four beats. Below it, more than every third may be none.</summary>
    public float LeastConfidence { get; init; } = 0.6f;
}
