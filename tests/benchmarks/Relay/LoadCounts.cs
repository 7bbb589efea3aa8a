namespace SignalStream.Benchmarks.Relay;

/// <summary>What one reading thread saw.</summary>
internal sealed class LoadCounts
{
    public Delays Delays { get; } = new();

    public long Delivered { get; set; }

    /// <summary>Gap frames: samples that the viewer was told it would not get.</summary>
    public long ToldGaps { get; set; }

    /// <summary>Places where samples are missing and nothing was said.</summary>
    public long SilentGaps { get; set; }

    public long Repeats { get; set; }

    /// <summary>Envelopes: frames for those that lag.</summary>
    public long Thinned { get; set; }

    public long Bad { get; set; }

    public long Closed { get; set; }

    /// <summary>Of messages with frames, as they came.</summary>
    public long Bytes { get; set; }

    public void Add(LoadCounts other)
    {
        Delays.Add(other.Delays);
        Delivered += other.Delivered;
        ToldGaps += other.ToldGaps;
        SilentGaps += other.SilentGaps;
        Repeats += other.Repeats;
        Thinned += other.Thinned;
        Bad += other.Bad;
        Closed += other.Closed;
        Bytes += other.Bytes;
    }
}
