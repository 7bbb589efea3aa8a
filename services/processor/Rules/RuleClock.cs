namespace SignalStream.Processor.Rules;

/// <summary>A log's time, in two readings of it.</summary>
/// <remarks>
/// Durations are counted by what passes between neighbours in the log, at most one and a half seconds at a time: while nobody worked,
/// as when the server was away, nothing was seen to hold and nothing to be silent.
/// </remarks>
internal sealed class RuleClock
{
    private const long MostNs = 3_000_000_000 / 2;

    private long _lastPlaceNs;

    /// <summary>When the last message, tick or setting was stored, ns since the Unix epoch.</summary>
    public long LogNs { get; private set; }

    /// <summary>Time that was seen to pass, ns.</summary>
    public long SeenNs { get; private set; }

    /// <summary>Behind every place that there was, ns since the Unix epoch: a moment that nothing began at before.</summary>
    public long NextNs => Math.Max(LogNs, _lastPlaceNs + 1);

    public void AdvanceTo(long logNs)
    {
        if (LogNs > 0)
            SeenNs += Math.Clamp(logNs - LogNs, 0, MostNs);
        LogNs = Math.Max(LogNs, logNs);
    }

    /// <summary>A place that no output had before, by the log's time: second and nanosecond.</summary>
    public (uint Epoch, ulong Index) NextPlace()
    {
        _lastPlaceNs = NextNs;
        return ((uint)(_lastPlaceNs / 1_000_000_000), (ulong)(_lastPlaceNs % 1_000_000_000));
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(LogNs);
        writer.Write(SeenNs);
        writer.Write(_lastPlaceNs);
    }

    public void Restore(BinaryReader reader) => (LogNs, SeenNs, _lastPlaceNs) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
}
