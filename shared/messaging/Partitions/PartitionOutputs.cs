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

    public PartitionCounters Counters => counters;

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
    }

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
