namespace SignalStream.Gateway.Relay.Thinning;

/// <summary>Which envelopes of a stream somebody wants: counted by the viewers' workers, read by the feed at each frame.</summary>
internal sealed class LevelsWanted
{
    private readonly Lock _gate = new();
    private readonly int[] _viewers = new int[Columns.MostScale + 1];
    private int _mask;
    private long _serial;

    /// <summary>Bit s: columns of 2^s samples.</summary>
    public int Mask => Volatile.Read(ref _mask);

    /// <summary>Numbers the next frame; the mask is to be read after it.</summary>
    public long Next() => Interlocked.Increment(ref _serial);

    /// <summary>One more wants a scale.</summary>
    /// <returns>Every frame above this number has been made knowing it.</returns>
    public long Add(int scale)
    {
        lock (_gate)
        {
            if (_viewers[scale]++ == 0)
                Interlocked.Or(ref _mask, 1 << scale);
            return Interlocked.Read(ref _serial);
        }
    }

    public void Remove(int scale)
    {
        lock (_gate)
        {
            if (--_viewers[scale] == 0)
                Interlocked.And(ref _mask, ~(1 << scale));
        }
    }
}
