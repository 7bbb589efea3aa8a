namespace SignalStream.Gateway.Relay;

/// <summary>What is sent next: a frame of a stream, or a whole message that is none.</summary>
/// <param name="Stream">Whose frame it is.</param>
/// <param name="Frame">Held for whoever has this.</param>
/// <param name="Raw">A WebSocket message: a text, a ping; with a frame: what goes out in its place.</param>
/// <param name="Late">Writes a text when its turn has come, so that it tells of all that went before it.</param>
internal readonly record struct Outgoing(ViewerStream? Stream, SharedFrame? Frame, byte[]? Raw, Func<byte[]>? Late = null)
{
    public ReadOnlyMemory<byte> Message => Raw ?? Frame!.Message;
}

/// <summary>What waits for one viewer, bounded in bytes and in age. Its worker's alone.</summary>
/// <remarks>
/// Texts and events go first and are never dropped; when they alone pass the bound, adding fails and the viewer must be
/// closed. Of the waves the oldest go first. What is lost of a stream is therefore always older than what still waits of it,
/// so that its gap, sent before the next wave, comes in its place. With the newest only, one wave a stream waits: the place
/// of the first one in the queue stays, and what lies in it is <see cref="ViewerStream.Newest"/>.
/// </remarks>
internal sealed class ViewerQueue(int maxBytes, TimeSpan maxAge, FramePool pool, RelayMetrics metrics, TimeProvider time)
{
    /// <summary>Counted for a text that is written later.</summary>
    private const int LateBytes = 64;

    private readonly Queue<Outgoing> _urgent = new();
    private readonly Queue<(Outgoing Item, long Since)> _waves = new();
    private readonly Queue<ViewerStream> _torn = new();
    private long _urgentBytes;
    private long _waveBytes;
    private bool _complete;
    private bool _newestOnly;

    /// <summary>Whether of each stream only the newest wave waits.</summary>
    public bool NewestOnly
    {
        get => _newestOnly;
        set
        {
            _newestOnly = value;
            if (value)
                KeepNewest();
        }
    }

    /// <summary>Share of the bounds that is used, in bytes or in age, whichever is more.</summary>
    public double Pressure => _waves.TryPeek(out var oldest)
        ? Math.Max((double)(_urgentBytes + _waveBytes) / maxBytes, time.GetElapsedTime(oldest.Since) / maxAge)
        : (double)_urgentBytes / maxBytes;

    /// <summary>Whether nothing waits, and of nothing that was lost the viewer is still to be told.</summary>
    public bool IsEmpty => _urgent.Count == 0 && _waves.Count == 0 && _torn.Count == 0;

    /// <summary>Whether no text and no event waits.</summary>
    public bool HasOnlyWaves => _urgent.Count == 0;

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
        stream.CountTaken(frame);
        frame.Hold();
        if (_newestOnly)
            PutNewest(stream, frame, time.GetTimestamp());
        else
            _waves.Enqueue((new Outgoing(stream, frame, null), time.GetTimestamp()));
        _waveBytes += frame.Length;
        DropToFit();
    }

    /// <summary>Adds what a wave has from one place up to another.</summary>
    public void AddPart(ViewerStream stream, SharedFrame frame, ulong from, ulong to)
    {
        var (first, end) = (frame.Header.First, frame.Header.First + frame.Covers);
        (from, to) = (Math.Max(from, first), Math.Min(to, end));
        if (from >= to)
            return;
        if (from == first && to == end)
        {
            AddWave(stream, frame);
            return;
        }

        var part = pool.Part(frame, from, to);
        AddWave(stream, part);
        part.Release();
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

    private static int BytesOf(Outgoing item) => item.Frame?.Length ?? item.Raw?.Length ?? LateBytes;

    private void KeepNewest()
    {
        for (var left = _waves.Count; left > 0; left--)
        {
            var (item, since) = _waves.Dequeue();
            if (item.Frame is { } frame)
                PutNewest(item.Stream!, frame, since);
            else
                _waves.Enqueue((item, since));
        }
    }

    /// <summary>In the place of the stream's wave that waits, if one does.</summary>
    private void PutNewest(ViewerStream stream, SharedFrame frame, long since)
    {
        var older = stream.Newest;
        stream.Newest = frame;
        if (older is null)
            _waves.Enqueue((new Outgoing(stream, null, null), since));
        else
            Drop(new Outgoing(stream, older, null), "newest");
    }

    private bool TryDequeue(out Outgoing next)
    {
        next = default;
        if (!_waves.TryDequeue(out var wave))
            return false;
        next = wave.Item;
        if (next.Frame is null)
            (next, next.Stream!.Newest) = (next with { Frame = next.Stream!.Newest }, null);
        _waveBytes -= BytesOf(next);
        return true;
    }

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
        while (TryDequeue(out next))
        {
            if (next.Stream!.Wanted)
                return true;
            Discard(next, "unsubscribed");
        }

        return false;
    }

    private void DropToFit()
    {
        while (_urgentBytes + _waveBytes > maxBytes && _waves.Count > 0)
            DropOldest("full");
    }

    private void DropOldest(string reason)
    {
        if (TryDequeue(out var oldest))
            GiveUp(oldest, reason);
    }

    private void Drop(Outgoing item, string reason)
    {
        _waveBytes -= BytesOf(item);
        GiveUp(item, reason);
    }

    private void GiveUp(Outgoing item, string reason)
    {
        if (!item.Stream!.Wanted)
            reason = "unsubscribed";
        else if (item.Stream.NoteLost(item.Frame!))
            _torn.Enqueue(item.Stream);
        Discard(item, reason);
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
