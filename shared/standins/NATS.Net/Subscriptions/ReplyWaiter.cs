using System.Threading.Tasks.Sources;

namespace NATS.Client.Core;

/// <summary>Is told of a reply by the thread that received it, and must not keep it long.</summary>
internal interface IReplyReceiver
{
    /// <param name="reply">Valid during the call.</param>
    /// <returns>Somebody who waits for it.</returns>
    IAwaiter? OnReply(in RawMessage reply);

    void OnFailure(Exception error);
}

/// <summary>
/// Waits for one reply, again and again for one request after the other. Its timer is left running when a reply comes in
/// time: when it fires, it looks whether somebody waits too long by now, and sets itself anew.
/// </summary>
internal sealed class ReplyWaiter(TimeProvider time, int slot, Action<ReplyWaiter> onDone) : IValueTaskSource<RawMessage>, IAwaiter
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<RawMessage> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private ITimer? _timer;
    private long _timerDue = long.MaxValue;
    private long _deadline;
    private bool _isWaiting;
    private RawMessage _reply;
    private IReplyReceiver? _receiver;
    private int _holders;

    public int Slot => slot;

    /// <summary>Counts the requests that it has served.</summary>
    public ulong Ticket { get; private set; }

    public ValueTask<RawMessage> Reply => new(this, _core.Version);

    public void Start(TimeSpan timeout, CancellationToken cancellationToken, IReplyReceiver? receiver)
    {
        lock (_gate)
        {
            _receiver = receiver;
            _holders = receiver is null ? 1 : 2;
            Ticket++;
            _core.Reset();
            _isWaiting = true;
            SetDeadline(timeout);
        }

        _cancellation = cancellationToken.UnsafeRegister(static (self, token) => ((ReplyWaiter)self!).TryFail(new OperationCanceledException(token)), this);
    }

    /// <summary>Takes the reply, if it is still waited for.</summary>
    /// <returns>Who is to go on with it.</returns>
    public IAwaiter? TryReply(ulong ticket, in RawMessage message)
    {
        lock (_gate)
        {
            if (!_isWaiting || ticket != Ticket)
                return null;
            _isWaiting = false;
        }

        if (_receiver is { } receiver)
        {
            var waiting = receiver.OnReply(message);
            Release();
            return waiting;
        }

        message.Buffer.HandedOut++;
        _reply = message;
        return this;
    }

    /// <inheritdoc/>
    public void Resume(bool onThisThread)
    {
        var reply = _reply;
        _reply = default;
        _core.RunContinuationsAsynchronously = !onThisThread;
        _core.SetResult(reply);
    }

    public void TryFail(Exception error)
    {
        lock (_gate)
        {
            if (!_isWaiting)
                return;
            _isWaiting = false;
        }

        Fail(error);
    }

    RawMessage IValueTaskSource<RawMessage>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            Release();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<RawMessage>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<RawMessage>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <summary>
    /// One holder fewer: who awaits it; or, where a receiver is told, who made the request and whoever told the receiver. The
    /// last one lets it serve again.
    /// </summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0)
            return;
        _cancellation.Dispose();
        _cancellation = default;
        onDone(this);
    }

    private void SetDeadline(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            _deadline = long.MaxValue;
            return;
        }

        _deadline = time.GetTimestamp() + (long)(timeout.TotalSeconds * time.TimestampFrequency);
        if (_timerDue <= _deadline)
            return;
        _timerDue = _deadline;
        if (_timer is null)
            _timer = time.CreateTimer(static self => ((ReplyWaiter)self!).OnTimer(), this, timeout, Timeout.InfiniteTimeSpan);
        else
            _timer.Change(timeout, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _timerDue = long.MaxValue;
            if (!_isWaiting || _deadline == long.MaxValue)
                return;
            var rest = TimeSpan.FromSeconds((_deadline - time.GetTimestamp()) / (double)time.TimestampFrequency);
            if (rest > TimeSpan.Zero)
            {
                // Whole milliseconds, rounded up: a timer that fired a little early would only fire again.
                _timerDue = _deadline;
                _timer!.Change(TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                return;
            }

            _isWaiting = false;
        }

        Fail(new NatsNoReplyException());
    }

    private void Fail(Exception error)
    {
        if (_receiver is { } receiver)
        {
            receiver.OnFailure(error);
            Release();
            return;
        }

        _core.RunContinuationsAsynchronously = true;
        _core.SetException(error);
    }
}
