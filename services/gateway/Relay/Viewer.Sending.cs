using System.Net.Sockets;
using SignalStream.Contracts;

namespace SignalStream.Gateway.Relay;

/// <remarks>
/// What is sent, in which order, and what becomes of what the connection does not take: nothing that was begun is left half-sent.
/// </remarks>
internal sealed partial class Viewer
{
    /// <summary>Given to a full connection at once: that it moves at all should show soon.</summary>
    private const int WaitingPart = 4096;

    /// <summary>Open, in full, up to date: nothing waits, and a wave may go straight out.</summary>
    private bool _isClear;

    /// <summary>Taken from the queue and not sent in full; of the first, so many bytes are.</summary>
    private Queue<Outgoing>? _unsent;
    private int _begun;
    private long _stuckSince = Never;
    private bool _isWaiting;
    private volatile int _moved;
    private bool _closeTaken;

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
}
