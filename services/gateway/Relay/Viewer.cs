using SignalStream.Gateway.Relay.Thinning;

namespace SignalStream.Gateway.Relay;

/// <summary>One connection's outgoing side: what waits, what is on its way, and how it ends.</summary>
/// <remarks>Anybody may call the public methods that post; everything else happens on the viewer's worker.</remarks>
/// <param name="id">For the log.</param>
/// <param name="wire">Its connection.</param>
/// <param name="worker">Owns it.</param>
/// <param name="keepAlive">Whether it is still there.</param>
/// <param name="form">How its messages go out; null: plain.</param>
/// <param name="hold">Waves may wait so long for others to go out with them; nothing else does.</param>
internal sealed partial class Viewer(
    long id, IViewerWire wire, RelayWorker worker, KeepAlive keepAlive, MessageForm? form = null, TimeSpan hold = default)
{
    public const long Never = long.MinValue;

    private readonly MessageForm _form = form ?? MessageForm.Plain;

    private readonly ViewerQueue _queue = new(
        worker.Options.QueueKilobytes << 10, TimeSpan.FromSeconds(worker.Options.MaxAgeSeconds), worker.Pool, worker.Metrics, worker.Time);

    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Ladder _ladder = new(worker.Time);
    private ViewerClose? _closing;
    private bool _opened;
    private bool _stepUntold;
    private int _streams;

    /// <summary>Since it was last sent something, all that came may wait for the next frame.</summary>
    private bool _pairs;

    private long _closingSince = Never;
    private bool _aborted;

    public long Id => id;

    public RelayWorker Worker => worker;

    public KeepAlive KeepAlive => keepAlive;

    /// <summary>Bytes that wait.</summary>
    public long QueuedBytes => _queue.Bytes;

    /// <summary>Why it is closed or about to be; null while it is not.</summary>
    public ViewerClose? Closing => Volatile.Read(ref _closing);

    /// <summary>Completes when nothing will be sent any more, the close included.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Its place on the ladder. By its worker alone.</summary>
    public int Step => _ladder.Step;

    /// <summary>Writes what it is told when the step has changed; null: it is not told.</summary>
    public Func<byte[]>? Accounts { get; set; }

    /// <summary>By its worker alone.</summary>
    public ViewerQueue Queue => _queue;

    /// <summary>How long its waves may wait for others: as it asked for, and a little when it watches many streams.</summary>
    public TimeSpan Hold => Volatile.Read(ref _streams) < RelayOptions.ManyStreams || hold > worker.Options.Gather ? hold : worker.Options.Gather;

    /// <summary>It watches so many more waves.</summary>
    public void NoteStreams(int change) => Interlocked.Add(ref _streams, change);

    /// <summary>When its worker sends what waits, timestamp; or <see cref="Never"/>.</summary>
    public long SendBy { get; set; } = Never;

    /// <summary>Whether its worker will look at <see cref="SendBy"/>.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Whether what there is to send may wait.</summary>
    public bool MayWait => (Hold > TimeSpan.Zero || _pairs) && !_isWaiting && _queue.HasOnlyWaves && Closing is null && !_stepUntold;

    /// <summary>Whether its worker will look after it in this turn.</summary>
    public bool IsTouched { get; set; }

    public void SendText(ReadOnlyMemory<byte> utf8) => SendMessage(Framing.Text, utf8.Span);

    public void SendMessage(byte opcode, ReadOnlySpan<byte> payload) => worker.Post(this, _form.Message(opcode, payload));

    /// <summary>A text that is written when its turn has come, by its worker.</summary>
    public void SendText(Func<byte[]> utf8) => worker.Post(this, utf8);

    /// <summary>A whole WebSocket message, as it is.</summary>
    public void SendMessage(byte[] message) => worker.Post(this, message);

    public void SendEvent(ViewerStream stream, SharedFrame frame) => worker.Post(stream, frame.Hold());

    /// <summary>From now on it may be sent to.</summary>
    public void Open()
    {
        Volatile.Write(ref _opened, true);
        worker.Post(this);
    }

    /// <summary>Has it looked after; to be called about twice a second.</summary>
    public void Sweep() => worker.PostLook(this);

    /// <summary>Closes it; the first reason holds.</summary>
    public void Close(ViewerClose why)
    {
        if (Interlocked.CompareExchange(ref _closing, why, null) is not null)
            return;
        worker.Metrics.ViewerClosed(why.Label);
        if (!why.IsViewers)
            worker.Log.ViewerClosed(id, why.Code, why.Reason);
        worker.Post(this, why);
    }

    public void AddWave(ViewerStream stream, SharedFrame wave)
    {
        _isClear = false;
        var isPlain = _ladder.Step == 0 && stream.IsPlain;
        _pairs = isPlain && (_pairs || _queue.IsEmpty) && worker.Strain.Pairs(this, wave);
        if (isPlain)
            _queue.AddWave(stream, wave);
        else if (stream.Resuming is { } resuming)
            resuming.TakeLive(wave);
        else
            stream.Take(wave, stream.TargetOf(wave, _ladder.Step), stream.Topic.Levels);
    }

    /// <summary>Whatever waits for a next frame goes out with what comes now.</summary>
    public void DoNotWait() => _pairs = false;

    public void AddEvent(ViewerStream stream, SharedFrame happened)
    {
        if (stream.Events is { } known)
            known.TakeLive(happened);
        else
            AddUrgent(new Outgoing(stream, happened, null));
    }

    public void AddUrgent(Outgoing item)
    {
        if (!_queue.TryAddUrgent(item))
            Close(ViewerClose.Overflowed(worker.Options.QueueKilobytes));
    }

    public void BeginClose(ViewerClose why)
    {
        _closingSince = worker.Time.GetTimestamp();
        _queue.Complete(why.DropAll);
        if (why.DropAll)
            DropUnsent();
    }

    /// <summary>Sees whether anything still moves.</summary>
    public void LookAfter()
    {
        _queue.DropAged();
        LookAtLadder();
        if (Closing is not null)
        {
            if (_closingSince != Never && worker.Time.GetElapsedTime(_closingSince) >= TimeSpan.FromSeconds(worker.Options.CloseSeconds))
                Abort();
            return;
        }

        if (_stuckSince != Never && worker.Time.GetElapsedTime(_stuckSince) >= TimeSpan.FromSeconds(worker.Options.StallSeconds))
            Close(ViewerClose.Stalled(worker.Options.StallSeconds));
        switch (keepAlive.Check())
        {
            case KeepAliveStep.Ping:
                AddUrgent(new Outgoing(null, null, Framing.Ping));
                break;
            case KeepAliveStep.Gone:
                Close(ViewerClose.Silent);
                wire.Abort();
                break;
        }
    }

    private void LookAtLadder()
    {
        if (!_ladder.Look(_queue.Pressure))
            return;
        _stepUntold = true;
        _queue.NewestOnly = _ladder.Step == Ladder.NewestOnly;
        worker.Metrics.Stepped(_ladder.Step);
    }

    private void Abort()
    {
        if (_aborted)
            return;
        _aborted = true;
        worker.Log.ViewerAborted(id, worker.Options.CloseSeconds);
        wire.Abort();
    }

    private void Break()
    {
        Close(ViewerClose.Lost);
        Finish();
    }

    private void Finish()
    {
        _isWaiting = false;
        _begun = 0;
        _queue.Complete(all: true);
        DropUnsent();
        _finished.TrySetResult();
    }
}
