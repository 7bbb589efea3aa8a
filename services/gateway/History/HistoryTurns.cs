using System.Net;

namespace SignalStream.Gateway.History;

/// <summary>Bounds what reading the logs costs: so many at once, so many messages a second between them.</summary>
internal sealed class HistoryTurns(HistoryOptions options, HistoryMetrics metrics, TimeProvider time) : IDisposable
{
    /// <summary>Shorter pauses are saved up.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(4);

    private readonly HistoryMetrics _metrics = metrics;
    private readonly SemaphoreSlim _turns = new(options.Readers);
    private readonly AddressTurns _addresses = new(options.ReadersPerAddress, options.ReadersPerAddress + (options.Waiting + 3) / 4);
    private readonly Lock _gate = new();
    private readonly long _began = time.GetTimestamp();
    private double _freeAtSeconds;
    private int _waiting;

    /// <summary>A turn, to be disposed; null when too many wait already.</summary>
    /// <param name="address">Whose; null for this machine itself, which may take them all.</param>
    /// <param name="cancellationToken">Who waits has left.</param>
    public async ValueTask<IDisposable?> TryEnterAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        var own = address is null ? null : _addresses.TryEnter(address);
        if (address is not null && own is null)
            return null;
        var turn = new Turn(this, address, own);
        var isReading = false;
        try
        {
            isReading = await turn.TryTakeAsync(cancellationToken);
        }
        finally
        {
            if (!isReading)
                turn.Dispose();
        }

        return isReading ? turn : null;
    }

    /// <summary>Tells that so many messages have been read, and waits as long as they were worth.</summary>
    public Task PaceAsync(int messages, CancellationToken cancellationToken)
    {
        _metrics.Read(messages);
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

    private async ValueTask<bool> TryTakeAsync(SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        if (turns.Wait(0, CancellationToken.None))
            return true;
        try
        {
            if (Interlocked.Increment(ref _waiting) > options.Waiting)
                return false;
            await turns.WaitAsync(cancellationToken);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>A request: one of its address' turns first, so that who waits for that holds none of the others'.</summary>
    private sealed class Turn(HistoryTurns turns, IPAddress? address, SemaphoreSlim? own) : IDisposable
    {
        private bool _hasOwn;
        private bool _isReading;
        private int _isOver;

        public async ValueTask<bool> TryTakeAsync(CancellationToken cancellationToken)
        {
            _hasOwn = own is not null && await turns.TryTakeAsync(own, cancellationToken);
            _isReading = (own is null || _hasOwn) && await turns.TryTakeAsync(turns._turns, cancellationToken);
            if (_isReading)
                turns._metrics.Readers(1);
            return _isReading;
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) != 0)
                return;
            if (_isReading)
            {
                turns._turns.Release();
                turns._metrics.Readers(-1);
            }

            if (_hasOwn)
                own!.Release();
            if (address is not null)
                turns._addresses.Leave(address);
        }
    }
}
