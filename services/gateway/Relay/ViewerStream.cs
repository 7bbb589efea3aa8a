using SignalStream.Contracts;
using SignalStream.Gateway.Relay.Resume;
using SignalStream.Gateway.Relay.Thinning;
using SignalStream.Messaging;

namespace SignalStream.Gateway.Relay;

/// <summary>One stream as one viewer gets it, with its accounts.</summary>
/// <param name="viewer">Who gets it.</param>
/// <param name="topic">The stream.</param>
/// <param name="types">What of it.</param>
/// <param name="detail">How much of its waves at most; null for all there is.</param>
internal sealed class ViewerStream(Viewer viewer, StreamTopic topic, TypeSet types, Detail? detail = null)
{
    private readonly List<Stretch> _lost = [];
    private int _types = types.Bits;
    private Detail? _detail = detail;
    private int _left;
    private long _produced;
    private long _delivered;
    private long _thinned;
    private long _dropped;
    private long _waiting;

    public Viewer Viewer => viewer;

    public StreamTopic Topic => topic;

    public TypeSet Types
    {
        get => new(Volatile.Read(ref _types));
        set => Volatile.Write(ref _types, value.Bits);
    }

    /// <summary>The viewer asked for no more than this; null: for everything.</summary>
    public Detail? Detail
    {
        get => Volatile.Read(ref _detail);
        set => Volatile.Write(ref _detail, value);
    }

    /// <summary>False once the viewer has unsubscribed: what still waits is not sent.</summary>
    public bool Wanted => Volatile.Read(ref _left) == 0;

    /// <summary>On its way from the log to what is live; null once it is there. By the viewer's worker, as all of the following.</summary>
    public Resuming? Resuming { get; private set; }

    /// <summary>Which events it has, when it came back for more.</summary>
    public EventReplay? Events { get; private set; }

    /// <summary>Waves go out as they come, as long as the viewer keeps up.</summary>
    public bool IsPlain => Form is null && Resuming is null && Detail is null;

    /// <summary>Its form when that is not simply full samples.</summary>
    public Representation? Form { get; private set; }

    /// <summary>In the step of the newest only: the wave that waits.</summary>
    public SharedFrame? Newest { get; set; }

    /// <summary>What became of the samples so far.</summary>
    public SampleAccount Account => new(_produced - _waiting, _delivered, _thinned, _dropped, _waiting);

    /// <summary>Brings what a send needs into the cache.</summary>
    /// <returns>1 if it may take waves at once, else 0.</returns>
    public int LookAhead() => IsPlain && Wanted && viewer.IsOpen ? 1 : 0;

    public bool WantsWaves => Types.Contains(SignalType.Wave);

    public void Leave() => Volatile.Write(ref _left, 1);

    /// <summary>Before it is attached: first what the logs have from a place on.</summary>
    public void Resume(ResumePoint from, FramePool pool, TimeProvider time)
    {
        Events = new EventReplay(this, from, time.GetUtcNow());
        Resuming = new Resuming(this, from, pool, time);
    }

    /// <summary>It is live.</summary>
    public void Resumed() => Resuming = null;

    /// <summary>The scale that the viewer's step and its own wish ask for; 0 for full samples.</summary>
    public int TargetOf(SharedFrame wave, int step) => wave.Header.Kind == FrameKind.Samples
        ? Math.Max(Columns.ScaleAt(step, wave.Header.RateHz), Detail?.ScaleFor(wave.Header.RateHz) ?? 0)
        : Form?.Target ?? 0;

    /// <summary>Takes a frame in the form that is wanted, or on the way there.</summary>
    /// <param name="wave">With its envelopes.</param>
    /// <param name="target">Scale, or 0.</param>
    /// <param name="levels">Of whoever makes the envelopes.</param>
    public void Take(SharedFrame wave, int target, LevelsWanted levels)
    {
        if (!Wanted)
            return;
        if (Form is null && target == 0)
        {
            viewer.Queue.AddWave(this, wave);
            return;
        }

        Form ??= new Representation(this, levels);
        Form.Take(wave, target, viewer.Queue);
        if (Form is { Scale: 0, Target: 0 })
            Form = null;
    }

    /// <summary>It has left, or wants no waves any more.</summary>
    public void End()
    {
        Resuming?.End();
        Resuming = null;
        Form?.End();
        Form = null;
    }

    /// <summary>Something waits for the viewer.</summary>
    public void CountTaken(SharedFrame frame)
    {
        _produced += frame.Samples;
        _waiting += frame.Samples;
    }

    /// <summary>Samples that cannot be told in the form that the viewer gets.</summary>
    public void CountGivenUp(long samples)
    {
        _produced += samples;
        _dropped += samples;
    }

    public void CountDelivered(SharedFrame frame)
    {
        _waiting -= frame.Samples;
        if (frame.Header.Kind == FrameKind.Envelope)
            _thinned += frame.Samples;
        else
            _delivered += frame.Samples;
    }

    /// <summary>Notes a frame that will not be sent.</summary>
    /// <returns>Whether it is the first one of which the viewer has not been told yet.</returns>
    public bool NoteLost(SharedFrame frame)
    {
        _waiting -= frame.Samples;
        _dropped += frame.Samples;
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
