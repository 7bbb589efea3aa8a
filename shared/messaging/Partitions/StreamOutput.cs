using SignalStream.Contracts;
using SignalStream.Messaging.Codec;

namespace SignalStream.Messaging.Partitions;

/// <summary>An output on its way into the log.</summary>
internal sealed class PendingOutput(SignalEvent output, long madeAt)
{
    private ulong _sequence;

    public SignalEvent Event { get; } = output;

    public string Id { get; } = output.MessageId;

    /// <summary>Timestamp of when it was made.</summary>
    public long MadeAt => madeAt;

    /// <summary>In the output log; 0 until it is there.</summary>
    public ulong Sequence
    {
        get => Volatile.Read(ref _sequence);
        set => Volatile.Write(ref _sequence, value);
    }
}

/// <summary>One stream's outputs: one under way at a time, each behind the one before; those that the log has are not sent again.</summary>
/// <param name="stream">Whose.</param>
/// <param name="type">Of the outputs.</param>
/// <param name="outputs">What it shares with the partition's other streams.</param>
/// <param name="floor">Outputs of the stream up to here are from before it was forgotten.</param>
internal sealed class StreamOutput(StreamId stream, SignalType type, PartitionOutputs outputs, ulong floor)
{
    private readonly Queue<PendingOutput> _waiting = new();
    private readonly Dictionary<string, ulong> _adopted = [];
    private readonly Dictionary<string, (uint Epoch, ulong Index)> _adoptedUntil = [];
    private readonly string _subject = Subjects.Of(type, stream);
    private PendingOutput? _newest;
    private ulong _restored;
    private ulong _last;
    private bool _isSending;

    /// <summary>Starts behind a checkpoint.</summary>
    /// <param name="sequence">Of the last output that the checkpoint knows.</param>
    /// <param name="behind">What the log has behind it.</param>
    public void Restore(ulong sequence, IEnumerable<(string Id, ulong Sequence)> behind)
    {
        _restored = _last = sequence;
        foreach (var (id, at) in behind)
        {
            _adopted[id] = at;
            _last = Math.Max(_last, at);
            if (SignalEvent.TryParseMessageId(id, out var epoch, out var index, out var kind))
                _adoptedUntil[kind] = (epoch, index);
        }
    }

    /// <summary>The newest output, of which a checkpoint must know the place; null when there was none since the restore.</summary>
    public PendingOutput? Newest
    {
        get
        {
            lock (_waiting)
                return _newest;
        }
    }

    /// <summary>Where the stream's outputs stood before the first one since the restore.</summary>
    public ulong Restored => _restored;

    public void Add(SignalEvent output)
    {
        var added = new PendingOutput(output, outputs.Now);
        lock (_waiting)
        {
            if (IsAdopted(output))
            {
                // The owner before stored it, or something else in its place: the log is right.
                var alike = _adopted.Remove(added.Id, out var sequence);
                added.Sequence = alike ? sequence : Math.Max(_newest?.Sequence ?? _restored, 1);
                _newest = added;
                outputs.Counters.CountSuppressed(!alike);
                return;
            }

            _newest = added;
            _waiting.Enqueue(added);
            if (_isSending)
                return;
            _isSending = true;
        }

        _ = SendAllAsync();
    }

    /// <summary>Whether the log has the stream's outputs of this kind up to this place. Places of a kind only rise.</summary>
    private bool IsAdopted(SignalEvent output)
    {
        if (!_adoptedUntil.TryGetValue(output.Kind, out var until))
            return false;
        if ((output.Place.Epoch, output.Place.Index).CompareTo(until) <= 0)
            return true;
        _adoptedUntil.Remove(output.Kind);
        if (_adoptedUntil.Count == 0)
            _adopted.Clear();
        return false;
    }

    private async Task SendAllAsync()
    {
        try
        {
            while (TryPeek(out var next))
            {
                var (outcome, sequence) = await outputs.Log.StoreAsync(
                    _subject, next.Id, EventCodec.Encode(next.Event), _last, floor, outputs.Stopping);
                if (!await ConcludeAsync(next, outcome, sequence))
                    return;
            }
        }
        catch (OperationCanceledException)
        {
            // The partition is given up: whoever has it next finds what is stored.
        }
    }

    private async ValueTask<bool> ConcludeAsync(PendingOutput next, StoreOutcome outcome, ulong sequence)
    {
        switch (outcome)
        {
            case StoreOutcome.Stored:
                next.Sequence = _last = sequence;
                outputs.HasStored(next);
                lock (_waiting)
                    _waiting.Dequeue();
                return true;
            case StoreOutcome.Fenced:
                outputs.Fence();
                return false;
            case StoreOutcome.Emptied or StoreOutcome.Older:
                _last = sequence;
                return true;
            default:
                outputs.Counters.CountRetried();
                await outputs.PauseAsync();
                return true;
        }
    }

    private bool TryPeek(out PendingOutput next)
    {
        lock (_waiting)
        {
            _isSending = _waiting.TryPeek(out var first);
            next = first!;
            return _isSending;
        }
    }
}

/// <summary>What the outputs of a partition share.</summary>
internal sealed class PartitionOutputs(
    OutputLog log, PartitionCounters counters, TimeProvider time, Action<SignalEvent, TimeSpan> stored, Action fenced, CancellationToken stopping)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    public OutputLog Log => log;

    public PartitionCounters Counters => counters;

    public CancellationToken Stopping => stopping;

    public long Now => time.GetTimestamp();

    public void HasStored(PendingOutput output)
    {
        counters.CountStored();
        stored(output.Event, time.GetElapsedTime(output.MadeAt));
    }

    /// <summary>Another owner is ahead.</summary>
    public void Fence() => fenced();

    public Task PauseAsync() => Task.Delay(RetryAfter, time, stopping);
}
