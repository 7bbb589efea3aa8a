namespace SignalStream.Gateway.Relay;

/// <summary>What is sent next: a frame of a stream, or a whole message that is none.</summary>
/// <param name="Stream">Whose frame it is.</param>
/// <param name="Frame">Held for whoever has this.</param>
/// <param name="Raw">A WebSocket message: a text, a ping; with a frame: what goes out in its place.</param>
internal readonly record struct Outgoing(ViewerStream? Stream, SharedFrame? Frame, byte[]? Raw)
{
    public ReadOnlyMemory<byte> Message => Raw ?? Frame!.Message;
}

/// <summary>What waits for one viewer, bounded in bytes and in age. Its worker's alone.</summary>
/// <remarks>
/// Texts and events go first and are never dropped; when they alone pass the bound, adding fails and the viewer must be
/// closed. Of the waves the oldest go first. What is lost of a stream is therefore always older than what still waits of it,
/// so that its gap, sent before the next wave, comes in its place.
/// </remarks>
internal sealed class ViewerQueue(int maxBytes, TimeSpan maxAge, FramePool pool, RelayMetrics metrics, TimeProvider time)
{
    private readonly Queue<Outgoing> _urgent = new();
    private readonly Queue<(Outgoing Item, long Since)> _waves = new();
    private readonly Queue<ViewerStream> _torn = new();
    private long _urgentBytes;
    private long _waveBytes;
    private bool _complete;

    /// <summary>Bytes that wait; to be read from anywhere.</summary>
    public long Bytes => Interlocked.Read(ref _urgentBytes) + Interlocked.Read(ref _waveBytes);

    /// <summary>Adds a text or an event; false when such alone pass the bound.</summary>
    public bool TryAddUrgent(Outgoing item)
    {
        if (_complete || item.Stream is { Wanted: false })
            return true;
        if (_urgentBytes + BytesOf(item) > maxBytes)
            return false;
        item.Frame?.Hold();
        _urgent.Enqueue(item);
        _urgentBytes += BytesOf(item);
        DropToFit();
        return true;
    }

    /// <summary>Adds a frame of a wave; the oldest go when there is no room.</summary>
    public void AddWave(ViewerStream stream, SharedFrame frame)
    {
        if (_complete || !stream.Wanted)
            return;
        _waves.Enqueue((new Outgoing(stream, frame.Hold(), null), time.GetTimestamp()));
        _waveBytes += frame.Length;
        DropToFit();
    }

    /// <summary>Takes what is to be sent next; whoever takes a frame releases it.</summary>
    public bool TryTake(out Outgoing next)
    {
        DropAged();
        return TryTakeUrgent(out next) || TryTakeGap(out next) || TryTakeWave(out next);
    }

    /// <summary>Drops the waves that have waited too long, so that a viewer that takes nothing holds no memory.</summary>
    public void DropAged()
    {
        while (_waves.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Since) > maxAge)
            DropOldest("old");
    }

    /// <summary>Takes no more and drops the waves; with <paramref name="all"/> also texts and events.</summary>
    public void Complete(bool all)
    {
        _complete = true;
        _torn.Clear();
        while (TryTakeWave(out var wave))
            Discard(wave, "closed");
        while (all && TryTakeUrgent(out var urgent))
            Discard(urgent, "closed");
    }

    private static int BytesOf(Outgoing item) => item.Frame?.Length ?? item.Raw!.Length;

    private bool TryTakeUrgent(out Outgoing next)
    {
        while (_urgent.TryDequeue(out next))
        {
            _urgentBytes -= BytesOf(next);
            if (next.Stream is null or { Wanted: true })
                return true;
            Discard(next, "unsubscribed");
        }

        return false;
    }

    private bool TryTakeGap(out Outgoing next)
    {
        while (_torn.TryPeek(out var stream))
        {
            if (stream.Wanted && stream.TryTakeLost(out var lost))
            {
                next = new Outgoing(stream, pool.Gap(stream.Topic.Number, lost, GapReason.DroppedForViewer), null);
                return true;
            }

            _torn.Dequeue();
        }

        next = default;
        return false;
    }

    private bool TryTakeWave(out Outgoing next)
    {
        while (_waves.TryDequeue(out var wave))
        {
            next = wave.Item;
            _waveBytes -= BytesOf(next);
            if (next.Stream!.Wanted)
                return true;
            Discard(next, "unsubscribed");
        }

        next = default;
        return false;
    }

    private void DropToFit()
    {
        while (_urgentBytes + _waveBytes > maxBytes && _waves.Count > 0)
            DropOldest("full");
    }

    private void DropOldest(string reason)
    {
        var oldest = _waves.Dequeue().Item;
        _waveBytes -= BytesOf(oldest);
        if (!oldest.Stream!.Wanted)
            reason = "unsubscribed";
        else if (oldest.Stream.NoteLost(oldest.Frame!))
            _torn.Enqueue(oldest.Stream);
        Discard(oldest, reason);
    }

    /// <summary>Gives up something that was taken, or would have been.</summary>
    public void Discard(Outgoing item, string reason)
    {
        if (item.Frame is null)
            return;
        metrics.FrameDropped(reason);
        item.Frame.Release();
    }
}
