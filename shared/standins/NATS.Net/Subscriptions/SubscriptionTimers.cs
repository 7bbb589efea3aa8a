namespace NATS.Client.Core;

/// <summary>Ends a subscription after a time: as a whole, before its first message, or between two.</summary>
internal sealed class SubscriptionTimers : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Action _end;
    private readonly TimeSpan? _idle;
    private readonly ITimer? _whole;
    private ITimer? _silence;
    private TimeSpan? _limit;
    private long _lastMessage;
    private bool _disposed;

    private SubscriptionTimers(NatsSubOpts opts, TimeProvider time, Action end)
    {
        _time = time;
        _end = end;
        _idle = opts.IdleTimeout;
        _limit = opts.StartUpTimeout ?? opts.IdleTimeout;
        _lastMessage = time.GetTimestamp();
        if (opts.Timeout is { } whole)
            _whole = time.CreateTimer(static self => ((SubscriptionTimers)self!)._end(), this, whole, Timeout.InfiniteTimeSpan);
        if (_limit is { } limit)
            _silence = CreateSilence(limit);
    }

    public static SubscriptionTimers? For(NatsSubOpts? opts, TimeProvider time, Action end) =>
        opts is { Timeout: null, StartUpTimeout: null, IdleTimeout: null } or null ? null : new(opts, time, end);

    /// <summary>Notes when it was; the timer, when it fires, finds out whether that is too long ago.</summary>
    public void OnMessage()
    {
        if (_limit is null)
            return;
        Volatile.Write(ref _lastMessage, _time.GetTimestamp());
        if (_limit == _idle)
            return;

        // The first message ends the start-up time, and from then on the idle time counts.
        lock (_gate)
        {
            _silence?.Dispose();
            _silence = null;
            _limit = _idle;
            if (_idle is { } idle && !_disposed)
                _silence = CreateSilence(idle);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _whole?.Dispose();
            _silence?.Dispose();
        }
    }

    private ITimer CreateSilence(TimeSpan limit) =>
        _time.CreateTimer(static self => ((SubscriptionTimers)self!).CheckSilence(), this, limit, Timeout.InfiniteTimeSpan);

    private void CheckSilence()
    {
        lock (_gate)
        {
            if (_limit is not { } limit || _disposed)
                return;
            var rest = limit - _time.GetElapsedTime(Volatile.Read(ref _lastMessage));
            if (rest > TimeSpan.Zero)
            {
                _silence?.Change(rest, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        _end();
    }
}
