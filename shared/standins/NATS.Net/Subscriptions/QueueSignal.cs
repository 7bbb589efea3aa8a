using System.Threading.Tasks.Sources;

namespace NATS.Client.Core;

/// <summary>
/// Wakes the readers of a queue. One reader waits without allocating anything; more that wait at the same time cost an
/// object each.
/// </summary>
internal sealed class QueueSignal : IValueTaskSource<bool>, IAwaiter
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ManualResetValueTaskSourceCore<bool> _single = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _cancellation;
    private SingleState _state;
    private List<TaskCompletionSource<bool>>? _others;
    private volatile bool _waiting;
    private volatile bool _completed;
    private volatile SynchronizationContext? _context;
    private Exception? _error;

    private enum SingleState
    {
        Free,
        Waiting,
        Signalled,
    }

    public Task Completion => _completion.Task;

    /// <summary>How many readers wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return (_state == SingleState.Waiting ? 1 : 0) + (_others?.Count ?? 0);
        }
    }

    /// <summary>Whether somebody waits. To be sure, a fence must lie between showing what can be read and asking.</summary>
    public bool IsAwaited => _waiting;

    /// <summary>Something can be read.</summary>
    public void Raise() => Wake(true, null, onThisThread: false);

    /// <inheritdoc/>
    public SynchronizationContext? Context => _context;

    /// <inheritdoc/>
    public void Resume(bool onThisThread) => Wake(true, null, onThisThread);

    public void Complete(Exception? error)
    {
        lock (_gate)
        {
            if (_completed)
                return;
            _error = error;
            _completed = true;
        }

        Wake(false, error, onThisThread: false);
        if (error is null)
            _completion.TrySetResult();
        else
            _completion.TrySetException(error);
        _ = _completion.Task.Exception;
    }

    /// <summary>Waits until something can be read (true) or nothing will come any more (false).</summary>
    public ValueTask<bool> WaitAsync(MessageQueue queue, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(cancellationToken);
        lock (_gate)
        {
            _waiting = true;
            Interlocked.MemoryBarrier();
            var completed = _completed;
            if (queue.Count > 0 || completed)
            {
                _waiting = _state == SingleState.Waiting || _others is { Count: > 0 };
                return queue.Count > 0 ? new(true)
                    : _error is null ? new(false)
                    : ValueTask.FromException<bool>(_error);
            }

            return _state == SingleState.Free ? WaitSingle(cancellationToken) : WaitBesideOthers(cancellationToken);
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        try
        {
            return _single.GetResult(token);
        }
        finally
        {
            _cancellation.Dispose();
            lock (_gate)
            {
                _single.Reset();
                _state = SingleState.Free;
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _single.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _context = flags.HasFlag(ValueTaskSourceOnCompletedFlags.UseSchedulingContext) ? SynchronizationContext.Current : null;
        _single.OnCompleted(continuation, state, token, flags);
    }

    private ValueTask<bool> WaitSingle(CancellationToken cancellationToken)
    {
        _state = SingleState.Waiting;
        var token = _single.Version;
        _cancellation = cancellationToken.UnsafeRegister(static (self, token) => ((QueueSignal)self!).CancelSingle(token), this);
        return new(this, token);
    }

    private ValueTask<bool> WaitBesideOthers(CancellationToken cancellationToken)
    {
        var waiter = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        (_others ??= []).Add(waiter);
        var registration = cancellationToken.UnsafeRegister(
            static (waiter, token) => ((TaskCompletionSource<bool>)waiter!).TrySetCanceled(token), waiter);
        if (!cancellationToken.CanBeCanceled)
            return new(waiter.Task);
        return new(Unregistered());

        async Task<bool> Unregistered()
        {
            try
            {
                await using (registration.ConfigureAwait(false))
                    return await waiter.Task.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                Forget(waiter);
                throw;
            }
        }
    }

    private void Forget(TaskCompletionSource<bool> waiter)
    {
        lock (_gate)
            _others?.Remove(waiter);
    }

    private void CancelSingle(CancellationToken token)
    {
        lock (_gate)
        {
            if (_state != SingleState.Waiting)
                return;
            _state = SingleState.Signalled;
        }

        _single.RunContinuationsAsynchronously = true;
        _single.SetException(new OperationCanceledException(token));
    }

    private void Wake(bool readable, Exception? error, bool onThisThread)
    {
        bool single;
        List<TaskCompletionSource<bool>>? others;
        lock (_gate)
        {
            _waiting = false;
            single = _state == SingleState.Waiting;
            if (single)
                _state = SingleState.Signalled;
            others = _others;
            _others = null;
        }

        foreach (var waiter in others ?? [])
        {
            if (error is null)
                waiter.TrySetResult(readable);
            else
                waiter.TrySetException(error);
        }

        if (!single)
            return;
        _single.RunContinuationsAsynchronously = !onThisThread;
        if (error is null)
            _single.SetResult(readable);
        else
            _single.SetException(error);
    }
}
