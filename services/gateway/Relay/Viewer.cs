using System.Net.Sockets;
using SignalStream.Contracts;
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
internal sealed class Viewer(
    long id, IViewerWire wire, RelayWorker worker, KeepAlive keepAlive, MessageForm? form = null, TimeSpan hold = default)
{
    public const long Never = long.MinValue;

    /// <summary>Given to a full connection at once: that it moves at all should show soon.</summary>
    private const int WaitingPart = 4096;

    private readonly MessageForm _form = form ?? MessageForm.Plain;

    private readonly ViewerQueue _queue = new(
        worker.Options.QueueKilobytes << 10, TimeSpan.FromSeconds(worker.Options.MaxAgeSeconds), worker.Pool, worker.Metrics, worker.Time);

    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Ladder _ladder = new(worker.Time);
    private ViewerClose? _closing;
    private bool _opened;
    private bool _stepUntold;
    private int _streams;

    /// <summary>Open, in full, up to date: nothing waits, and a wave may go straight out.</summary>
    private bool _isClear;

    /// <summary>Since it was last sent something, all that came may wait for the next frame.</summary>
    private bool _pairs;

    /// <summary>Taken from the queue and not sent in full; of the first, so many bytes are.</summary>
    private Queue<Outgoing>? _unsent;
    private int _begun;
    private long _stuckSince = Never;
    private bool _isWaiting;
    private volatile int _moved;

    private bool _closeTaken;
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

    /// <summary>Whether waves may go straight out, and its wire is open.</summary>
    public bool IsOpen => _isClear && wire.IsOpen;

    /// <summary>Brings what a send of what waits needs into the cache.</summary>
    public bool LookAhead() => wire.IsOpen && !_queue.IsEmpty;

    /// <summary>Sends a wave at once where nothing else is to be sent or has become of the viewer.</summary>
    /// <param name="stream">The viewer's.</param>
    /// <param name="wave">Of it.</param>
    /// <param name="message">The same as bytes.</param>
    /// <returns>False: it must be added.</returns>
    public bool TrySend(ViewerStream stream, SharedFrame wave, ReadOnlySpan<byte> message)
    {
        if (!_isClear || IsTouched || Hold > TimeSpan.Zero || !stream.IsPlain || !stream.Wanted || !stream.WantsWaves
            || wave.Header.Kind != FrameKind.Samples || worker.Strain.Pairs(this, wave))
            return false;
        stream.CountTaken(wave);
        var taken = 0;
        var isBroken = false;
        try
        {
            taken = wire.Send(message);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            isBroken = true;
        }

        if (taken == message.Length)
        {
            worker.Counts.Message(taken);
            worker.Counts.Frame(stream, wave);
            return true;
        }

        _isClear = false;
        _unsent ??= new Queue<Outgoing>();
        _unsent.Enqueue(new Outgoing(stream, wave.Hold(), null));
        _begun = taken;
        if (isBroken)
            Break();
        else
            AwaitRoom();
        return true;
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

    /// <summary>Sends what waits until it is all gone or the connection is full; then waits for room.</summary>
    public void Flush()
    {
        _pairs = false;
        SendBy = Never;
        SendWaiting();
        _isClear = Volatile.Read(ref _opened) && !_isWaiting && Closing is null && _ladder.Step == 0 && !_stepUntold
            && _unsent is null or { Count: 0 } && _queue.IsEmpty && _form.IsPlain && !_finished.Task.IsCompleted;
    }

    private void SendWaiting()
    {
        if (_finished.Task.IsCompleted || !HasRoom() || (!Volatile.Read(ref _opened) && Closing is null))
            return;
        try
        {
            if (!SendUnsent() || !SendQueued())
                AwaitRoom();
            else if (_closeTaken)
                Finish();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            Break();
        }
    }

    /// <summary>Whether it waits for none; and when it did and something has moved, what.</summary>
    private bool HasRoom()
    {
        if (!_isWaiting)
            return true;
        if (_moved == 0)
        {
            LookAtLadder();
            return false;
        }

        _isWaiting = false;
        if (_moved < 0)
        {
            Break();
            return false;
        }

        _stuckSince = Never;
        Sent(_moved);
        return true;
    }

    private void LookAtLadder()
    {
        if (!_ladder.Look(_queue.Pressure))
            return;
        _stepUntold = true;
        _queue.NewestOnly = _ladder.Step == Ladder.NewestOnly;
        worker.Metrics.Stepped(_ladder.Step);
    }

    private bool SendUnsent()
    {
        while (_unsent is { Count: > 0 })
        {
            var rest = _unsent.Peek().Message.Span[_begun..];
            var taken = wire.Send(rest);
            Sent(taken);
            if (taken < rest.Length)
                return false;
        }

        return true;
    }

    private bool SendQueued()
    {
        var buffer = worker.Buffer;
        while (TryGather(buffer))
        {
            var length = buffer.Bytes.Length;
            var taken = 0;
            try
            {
                taken = wire.Send(buffer.Bytes);
            }
            finally
            {
                Account(buffer, taken);
            }

            if (taken < length)
                return false;
        }

        return true;
    }

    private bool TryGather(SendBuffer buffer)
    {
        while (TryNext(out var next) && buffer.Add(next))
        {
        }

        return buffer.Items.Length > 0;
    }

    private bool TryNext(out Outgoing next)
    {
        if (_stepUntold && Accounts is not null && Closing is null)
        {
            _stepUntold = false;
            next = new Outgoing(null, null, _form.Message(Framing.Text, Accounts()));
            return true;
        }

        if (_queue.TryTake(out next))
        {
            if (next.Late is { } late)
                next = next with { Raw = _form.Message(Framing.Text, late()) };
            if (!_form.IsPlain && next.Frame is { } frame)
                next = next with { Raw = _form.Of(next.Stream!, frame) };
            return true;
        }

        // Not before the worker has come to the close: what was posted before it goes first.
        if (_closingSince == Never || _closeTaken)
            return false;
        var why = Closing!;
        _closeTaken = true;
        next = new Outgoing(null, null, Framing.CloseMessage(why));
        return why != ViewerClose.Lost;
    }

    /// <summary>What was taken in full is delivered; the rest is kept until there is room.</summary>
    private void Account(SendBuffer buffer, int taken)
    {
        foreach (var item in buffer.Items)
        {
            var length = item.Message.Length;
            if (taken >= length)
            {
                Delivered(item, length);
            }
            else
            {
                _unsent ??= new Queue<Outgoing>();
                if (_unsent.Count == 0)
                    _begun = taken;
                _unsent.Enqueue(item);
            }

            taken = Math.Max(taken - length, 0);
        }

        buffer.Clear();
    }

    /// <summary>So many bytes of the first unsent message have gone.</summary>
    private void Sent(int bytes)
    {
        var first = _unsent!.Peek();
        _begun += bytes;
        if (_begun < first.Message.Length)
            return;
        _begun = 0;
        _unsent.Dequeue();
        Delivered(first, first.Message.Length);
    }

    private void Delivered(Outgoing item, int bytes)
    {
        worker.Counts.Message(bytes);
        if (item.Frame is not { } frame)
            return;
        worker.Counts.Frame(item.Stream!, frame);
        frame.Release();
    }

    private void AwaitRoom()
    {
        if (_stuckSince == Never)
            _stuckSince = worker.Time.GetTimestamp();
        _isWaiting = true;
        _moved = 0;
        var rest = _unsent!.Peek().Message[_begun..];
        _ = SendWaitingAsync(rest[..Math.Min(rest.Length, WaitingPart)]);
    }

    private async Task SendWaitingAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await wire.SendAsync(bytes);
            _moved = bytes.Length;
        }
        catch (Exception exception) when (exception is
            SocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            _moved = -1;
        }

        worker.Post(this);
    }

    /// <summary>Gives up what was not sent, but for a message of which a part has gone or may go.</summary>
    private void DropUnsent()
    {
        if (_unsent is null)
            return;
        var keep = _isWaiting || _begun > 0 ? 1 : 0;
        for (var i = _unsent.Count; i > 0; i--)
        {
            var item = _unsent.Dequeue();
            if (keep-- > 0)
                _unsent.Enqueue(item);
            else
                _queue.Discard(item, "closed");
        }
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
