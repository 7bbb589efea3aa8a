namespace SignalStream.Messaging;

/// <summary>How a line feels. The numbers are the wire's.</summary>
public enum LineQuality
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>Nobody minds.</summary>
    Great = 1,

    /// <summary>Most are content.</summary>
    Good = 2,

    /// <summary>Some are not.</summary>
    Fair = 3,

    /// <summary>Many are not.</summary>
    Poor = 4,

    /// <summary>Nobody is.</summary>
    Bad = 5,
}

/// <summary>What a window of readings amounts to. Times in ms; all 0 while nothing was answered.</summary>
/// <param name="Seconds">Its length.</param>
/// <param name="Readings">In it, answered or not.</param>
/// <param name="Lost">Of these, not answered.</param>
/// <param name="P50Ms">Median.</param>
/// <param name="P95Ms">95th percentile.</param>
/// <param name="P99Ms">99th percentile.</param>
/// <param name="MinMs">Least.</param>
/// <param name="MaxMs">Greatest.</param>
/// <param name="JitterMs">As in RFC 3550, 6.4.1, on round trips; of the stream.</param>
/// <param name="MeanDifferenceMs">Of neighbours.</param>
/// <param name="Stutters">Readings that took much longer than the one before.</param>
/// <param name="Mos">Mean opinion score, 1 to 4.5; 0: unknown.</param>
/// <param name="Quality">The same in a word.</param>
public readonly record struct LatencyWindow(
    double Seconds, int Readings, int Lost, double P50Ms, double P95Ms, double P99Ms, double MinMs, double MaxMs,
    double JitterMs, double MeanDifferenceMs, int Stutters, double Mos, LineQuality Quality);

/// <summary>What the readings of a network target amount to; its place is the last reading.</summary>
/// <param name="Place">The last reading.</param>
/// <param name="MadeBy">Algorithm and version.</param>
/// <param name="Windows">Short to long.</param>
public sealed record LatencyStatisticsEvent(EventPlace Place, string MadeBy, IReadOnlyList<LatencyWindow> Windows)
    : SignalEvent(Place, MadeBy)
{
    /// <inheritdoc/>
    public override string Kind => "latency_statistics";

    /// <summary>How the target is then, for who has not heard it change.</summary>
    public TargetHealth Health { get; init; }

    /// <summary>Since when it is so, ns since the Unix epoch.</summary>
    public long HealthSinceNs { get; init; }

    /// <summary>Equal when the windows are, one by one, and the rest.</summary>
    public bool Equals(LatencyStatisticsEvent? other) =>
        other is not null && Place == other.Place && MadeBy == other.MadeBy && Windows.SequenceEqual(other.Windows)
        && Health == other.Health && HealthSinceNs == other.HealthSinceNs;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Place, MadeBy, Windows.Count);
}

/// <summary>A stretch in which a metric is unlike itself; told when it begins, and again when it is over.</summary>
/// <param name="Place">Where it was judged.</param>
/// <param name="MadeBy">Detector and version.</param>
/// <param name="Metric">Of what, such as <c>rtt_ms</c>.</param>
/// <param name="Form">In what way: <c>spike</c>, <c>level</c>, <c>spread</c> or <c>loss</c>.</param>
/// <param name="StartNs">When it began, ns since the Unix epoch.</param>
/// <param name="EndNs">When it was over; null while it lasts.</param>
/// <param name="Score">0.5 to 1.</param>
/// <param name="Reason">For people.</param>
public sealed record AnomalyEvent(
    EventPlace Place, string MadeBy, string Metric, string Form, long StartNs, long? EndNs, double Score, string Reason)
    : SignalEvent(Place, MadeBy)
{
    /// <inheritdoc/>
    public override string Kind => "anomaly";

    /// <summary>What was seen.</summary>
    public double Value { get; init; }

    /// <summary>What is usual, in the same unit.</summary>
    public double Usual { get; init; }

    /// <summary>By how much that varies.</summary>
    public double Spread { get; init; }

    /// <summary>Unit of these.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Whether it ended because it has become the usual.</summary>
    public bool IsLearned { get; init; }
}

/// <summary>How a target is. The numbers are the wire's.</summary>
public enum TargetHealth
{
    /// <summary>Not known: nobody probes it.</summary>
    Unknown = 0,

    /// <summary>It answers well.</summary>
    Up = 1,

    /// <summary>It answers, but slowly, unevenly or not always.</summary>
    Degraded = 2,

    /// <summary>It does not answer.</summary>
    Down = 3,
}

/// <summary>How a target is, told when it changes.</summary>
/// <param name="Place">Where it was judged.</param>
/// <param name="MadeBy">Algorithm and version.</param>
/// <param name="Health">As it is now.</param>
/// <param name="Before">As it was.</param>
/// <param name="SinceNs">Since when, ns since the Unix epoch.</param>
/// <param name="Reason">For people.</param>
public sealed record TargetStateEvent(
    EventPlace Place, string MadeBy, TargetHealth Health, TargetHealth Before, long SinceNs, string Reason) : SignalEvent(Place, MadeBy)
{
    /// <inheritdoc/>
    public override string Kind => "target_state";
}

/// <summary>A reading of a network target on its way to a viewer; it has no log of events, the readings' own is its.</summary>
/// <param name="Place">The reading.</param>
/// <param name="MadeBy">Nobody: it was measured.</param>
/// <param name="Reading">What was measured.</param>
public sealed record ProbeReadingEvent(EventPlace Place, string MadeBy, ProbeReading Reading) : SignalEvent(Place, MadeBy)
{
    /// <summary>The event of a stream's reading.</summary>
    public static ProbeReadingEvent Of(Contracts.StreamId stream, ProbeReading reading) =>
        new(new EventPlace(stream, reading.Epoch, reading.Index, reading.SentNs), "", reading);

    /// <inheritdoc/>
    public override string Kind => "probe_reading";

    /// <inheritdoc/>
    public override SignalType Type => SignalType.Reading;
}
