using SignalStream.Messaging;

namespace SignalStream.Gateway.Relay;

/// <summary>One stream as one viewer gets it, with its accounts.</summary>
internal sealed class ViewerStream(Viewer viewer, StreamTopic topic, TypeSet types)
{
    private readonly List<Stretch> _lost = [];
    private int _types = types.Bits;
    private int _left;
    private long _delivered;
    private long _dropped;

    public Viewer Viewer => viewer;

    public StreamTopic Topic => topic;

    public TypeSet Types
    {
        get => new(Volatile.Read(ref _types));
        set => Volatile.Write(ref _types, value.Bits);
    }

    /// <summary>False once the viewer has unsubscribed: what still waits is not sent.</summary>
    public bool Wanted => Volatile.Read(ref _left) == 0;

    /// <summary>Samples that went out.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>Samples that were dropped for this viewer.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public bool WantsWaves => Types.Contains(SignalType.Wave);

    public void Leave() => Volatile.Write(ref _left, 1);

    public void CountDelivered(SharedFrame frame) => Interlocked.Add(ref _delivered, frame.Samples);

    /// <summary>Notes a frame that will not be sent. By the viewer's worker, as all of the following.</summary>
    /// <returns>Whether it is the first one of which the viewer has not been told yet.</returns>
    public bool NoteLost(SharedFrame frame)
    {
        Interlocked.Add(ref _dropped, frame.Samples);
        var stretch = Stretch.Of(frame);
        // The oldest go first, so what is lost of an epoch is one stretch; a gap within it was lost as well.
        if (_lost.Count > 0 && _lost[^1].Epoch == stretch.Epoch)
        {
            _lost[^1] = _lost[^1] with { End = stretch.End };
            return false;
        }

        _lost.Add(stretch);
        return _lost.Count == 1;
    }

    /// <summary>Takes the next stretch that the viewer must be told of.</summary>
    public bool TryTakeLost(out Stretch lost)
    {
        lost = _lost.Count > 0 ? _lost[0] : default;
        if (_lost.Count == 0)
            return false;
        _lost.RemoveAt(0);
        return true;
    }
}
