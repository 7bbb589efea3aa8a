namespace SignalStream.Gateway.History;

/// <summary>Bounds what reading the logs costs: so many at once, so many messages a second between them.</summary>
internal sealed class HistoryTurns(HistoryOptions options, HistoryMetrics metrics, TimeProvider time) : IDisposable
{
    /// <summary>Shorter pauses are saved up.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(4);

    private readonly SemaphoreSlim _turns = new(options.Readers);
    private readonly Lock _gate = new();
    private readonly long _began = time.GetTimestamp();
    private double _freeAtSeconds;
    private int _waiting;

    /// <summary>A turn, to be disposed; null when too many wait already.</summary>
    public async ValueTask<IDisposable?> TryEnterAsync(CancellationToken cancellationToken)
    {
        if (!_turns.Wait(0, CancellationToken.None) && !await WaitAsync(cancellationToken))
            return null;
        metrics.Readers(1);
        return new Turn(this);
    }

    /// <summary>Tells that so many messages have been read, and waits as long as they were worth.</summary>
    public Task PaceAsync(int messages, CancellationToken cancellationToken)
    {
        metrics.Read(messages);
        TimeSpan pause;
        lock (_gate)
        {
            var now = time.GetElapsedTime(_began).TotalSeconds;
            _freeAtSeconds = Math.Max(_freeAtSeconds, now) + ((double)messages / options.MessagesPerSecond);
            pause = TimeSpan.FromSeconds(_freeAtSeconds - now);
        }

        return pause < ShortestPause ? Task.CompletedTask : Task.Delay(pause, time, cancellationToken);
    }

    public void Dispose() => _turns.Dispose();

    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > options.Waiting)
                return false;
            await _turns.WaitAsync(cancellationToken);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private sealed class Turn(HistoryTurns turns) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) != 0)
                return;
            turns._turns.Release();
            turns.Report();
        }
    }

    private void Report() => metrics.Readers(-1);
}
