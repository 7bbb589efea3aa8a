using System.Threading.Tasks.Sources;

namespace NATS.Client.Core;

/// <summary>
/// Waits for one reply, again and again for one request after the other. Its timer is left running when a reply comes in
/// time: when it fires, it looks whether somebody waits too long by now, and sets itself anew.
/// </summary>
internal sealed class ReplyWaiter(TimeProvider time, int slot, Action<ReplyWaiter> onDone) : IValueTaskSource<RawMessage>
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<RawMessage> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private ITimer? _timer;
    private long _timerDue = long.MaxValue;
    private long _deadline;
    private bool _isWaiting;

    public int Slot => slot;

    /// <summary>Counts the requests that it has served.</summary>
    public ulong Ticket { get; private set; }

    public ValueTask<RawMessage> Reply => new(this, _core.Version);

    public void Start(TimeSpan timeout, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Ticket++;
            _core.Reset();
            _isWaiting = true;
            SetDeadline(timeout);
        }

        _cancellation = cancellationToken.UnsafeRegister(static (self, token) => ((ReplyWaiter)self!).TryFail(new OperationCanceledException(token)), this);
    }

    public void TryReply(ulong ticket, in RawMessage message)
    {
        lock (_gate)
        {
            if (!_isWaiting || ticket != Ticket)
                return;
            _isWaiting = false;
        }

        message.Buffer.HandedOut++;
        _core.SetResult(message);
    }

    public void TryFail(Exception error)
    {
        lock (_gate)
        {
            if (!_isWaiting)
                return;
            _isWaiting = false;
        }

        _core.SetException(error);
    }

    RawMessage IValueTaskSource<RawMessage>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _cancellation.Dispose();
            _cancellation = default;
            onDone(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<RawMessage>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<RawMessage>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

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

        _core.SetException(new NatsNoReplyException());
    }
}
