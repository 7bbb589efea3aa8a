namespace SignalStream.Gateway.Relay;

/// <summary>Viewers for whom something waits, by when it is to go out.</summary>
/// <remarks>
/// Times are rounded down to a grain: those due within one go out together. One send among other things finds nothing of its viewer and
/// little of the kernel's code in the cache, one among many does.
/// </remarks>
internal sealed class HeldViewers(TimeProvider time)
{
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(2);

    private readonly PriorityQueue<Viewer, long> _viewers = new();
    private readonly long _grain = Math.Max(1, (long)(Grain.TotalSeconds * time.TimestampFrequency));
    private long _due = long.MaxValue;

    /// <summary>When the first is due, timestamp; <see cref="long.MaxValue"/> when nobody is held. To be read from anywhere.</summary>
    public long Due => Volatile.Read(ref _due);

    /// <summary>What waits for the viewer goes out within a while, if nothing else sends it before.</summary>
    public void Add(Viewer viewer, TimeSpan wait)
    {
        if (viewer.SendBy != Viewer.Never)
            return;
        var at = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
        viewer.SendBy = at / _grain * _grain;
        if (viewer.IsHeld)
            return;
        viewer.IsHeld = true;
        _viewers.Enqueue(viewer, viewer.SendBy);
        NoteDue();
    }

    /// <summary>Takes those who are due, at most as many as there is room for; how many.</summary>
    public int TakeDue(Span<Viewer> due)
    {
        if (_viewers.Count == 0)
            return 0;
        var now = time.GetTimestamp();
        var taken = 0;
        while (taken < due.Length && _viewers.TryPeek(out var viewer, out var at) && at <= now)
        {
            _viewers.Dequeue();
            // Sent before it was due, and perhaps something waits again.
            if (viewer.SendBy > now)
            {
                _viewers.Enqueue(viewer, viewer.SendBy);
                continue;
            }

            viewer.IsHeld = false;
            if (viewer.SendBy != Viewer.Never)
                due[taken++] = viewer;
        }

        NoteDue();
        return taken;
    }

    private void NoteDue() => Volatile.Write(ref _due, _viewers.TryPeek(out _, out var due) ? due : long.MaxValue);
}
