namespace SignalStream.Messaging.Partitions;

/// <summary>What the outputs of a partition share.</summary>
internal sealed class PartitionOutputs(
    IReadOnlyDictionary<SignalType, OutputLog> logs,
    PartitionCounters counters,
    TimeProvider time,
    Action<SignalEvent, TimeSpan> stored,
    Action fenced) : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private CancellationTokenSource? _attempt;

    private TaskCompletionSource? _progress;
    private StreamWork? _inHand;

    public PartitionCounters Counters => counters;

    /// <summary>Whose worker is at work; null when none is.</summary>
    public StreamWork? InHand
    {
        get => Volatile.Read(ref _inHand);
        set => Volatile.Write(ref _inHand, value);
    }

    public long Now => time.GetTimestamp();

    /// <summary>The partition is given up.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>For one try to store: over as well when the connection is made anew, since an answer that was under way is lost.</summary>
    public CancellationToken Attempt
    {
        get
        {
            lock (_gate)
            {
                _attempt ??= CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                return _attempt.Token;
            }
        }
    }

    public OutputLog LogOf(SignalType type) => logs[type];

    public void HasStored(PendingOutput output)
    {
        counters.CountStored();
        stored(output.Event, time.GetElapsedTime(output.MadeAt));
        Interlocked.Exchange(ref _progress, null)?.TrySetResult();
    }

    /// <summary>Waits until all of some outputs are stored.</summary>
    /// <returns>False when that takes too long, or the partition is given up.</returns>
    public async Task<bool> StoredAsync(Func<bool> isStored, TimeSpan within, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stopping.Token, cancellationToken);
        while (!either.IsCancellationRequested)
        {
            var progress = NextProgress();
            if (isStored())
                return true;
            await progress.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return false;
    }

    private Task NextProgress()
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _progress, mine, null) ?? mine).Task;
    }

    /// <summary>The message of somebody else that fenced it; null when none did.</summary>
    public ForeignOutput? Met { get; private set; }

    public void Meet(ForeignOutput foreign) => Met = foreign;

    /// <summary>Another owner is ahead.</summary>
    public void Fence() => fenced();

    /// <summary>What is under way is tried again at once: the connection is new.</summary>
    public void TryAgain()
    {
        CancellationTokenSource? before;
        lock (_gate)
            (before, _attempt) = (_attempt, null);
        before?.Cancel();
    }

    public Task PauseAsync() => Task.Delay(RetryAfter, time, _stopping.Token);

    public void Dispose() => _stopping.Cancel();
}
