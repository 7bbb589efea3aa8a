using SignalStream.Contracts;
using SignalStream.Messaging.Codec;
using V1 = SignalStream.Contracts.V1;

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

/// <summary>An output that a checkpoint rests on, with the place in the checkpoint that says where it stands.</summary>
internal readonly record struct AwaitedOutput(V1.Checkpoint.Types.StreamOutput State, PendingOutput? Output)
{
    public bool IsStored => Output is null || Output.Sequence > 0;
}

/// <summary>One stream's outputs in one log: one under way at a time, each behind the one before; those that the log has are not sent again.</summary>
/// <param name="stream">Whose.</param>
/// <param name="type">Of the outputs.</param>
/// <param name="outputs">What it shares with the partition's other streams.</param>
/// <param name="floor">Outputs of the stream up to here are from before it was forgotten.</param>
internal sealed class StreamOutput(StreamId stream, SignalType type, PartitionOutputs outputs, ulong floor)
{
    private readonly Queue<PendingOutput> _waiting = new();
    private readonly Dictionary<string, ulong> _adopted = [];
    private readonly Dictionary<string, (uint Epoch, ulong Index)> _adoptedUntil = [];
    private readonly SortedDictionary<string, (uint Epoch, ulong Index)> _placed = new(StringComparer.Ordinal);
    private readonly OutputLog _log = outputs.LogOf(type);
    private readonly string _subject = outputs.LogOf(type).SubjectOf(stream);
    private PendingOutput? _newest;
    private ulong _restored;
    private ulong _last;
    private bool _isSending;

    /// <summary>The log that it writes.</summary>
    public SignalType Type => type;

    /// <summary>Starts behind a checkpoint.</summary>
    /// <param name="saved">What the checkpoint knows; null for nothing.</param>
    /// <param name="behind">What the log has of the stream, as far as it may lie behind the checkpoint.</param>
    public void Restore(V1.Checkpoint.Types.StreamOutput? saved, IEnumerable<(string Id, ulong Sequence)> behind)
    {
        _restored = _last = saved?.Sequence ?? 0;
        foreach (var place in saved?.Last ?? [])
            _placed[place.Kind] = (place.Epoch, place.Index);
        foreach (var (id, at) in behind)
        {
            if (at <= _restored)
                continue;
            _adopted[id] = at;
            _last = Math.Max(_last, at);
            if (SignalEvent.TryParseMessageId(id, out var epoch, out var index, out var kind))
                _adoptedUntil[kind] = (epoch, index);
        }
    }

    /// <summary>Where it stands, for a checkpoint; null when it has never had an output.</summary>
    public AwaitedOutput? Save()
    {
        lock (_waiting)
        {
            if (_newest is null && _restored == 0)
                return null;
            var state = new V1.Checkpoint.Types.StreamOutput { Type = Subjects.Token(type), Sequence = _restored };
            foreach (var (kind, (epoch, index)) in _placed)
                state.Last.Add(new V1.Checkpoint.Types.Place { Kind = kind, Epoch = epoch, Index = index });
            return new AwaitedOutput(state, _newest);
        }
    }

    public void Add(SignalEvent output)
    {
        var added = new PendingOutput(output, outputs.Now);
        lock (_waiting)
        {
            if (!IsAbove(output))
            {
                outputs.Counters.CountMisplaced();
                return;
            }

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

    /// <summary>Places of a kind only rise: one that does not would be taken for one that is there already.</summary>
    private bool IsAbove(SignalEvent output)
    {
        var place = (output.Place.Epoch, output.Place.Index);
        if (_placed.TryGetValue(output.Kind, out var last) && place.CompareTo(last) <= 0)
            return false;
        _placed[output.Kind] = place;
        return true;
    }

    /// <summary>Whether the log has the stream's outputs of this kind up to this place.</summary>
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
                var (outcome, sequence) = await TryAsync(next);
                if (!await ConcludeAsync(next, outcome, sequence))
                    return;
            }
        }
        catch (OperationCanceledException)
        {
            // The partition is given up: whoever has it next finds what is stored.
        }
    }

    private async Task<(StoreOutcome Outcome, ulong Sequence)> TryAsync(PendingOutput next)
    {
        try
        {
            return await _log.StoreAsync(_subject, next.Id, EventCodec.Encode(next.Event), _last, floor, outputs.Meet, outputs.Attempt);
        }
        catch (OperationCanceledException) when (!outputs.Stopping.IsCancellationRequested)
        {
            // The connection was made anew: an answer that was under way is lost.
            return (StoreOutcome.Unknown, 0);
        }
    }

    private async ValueTask<bool> ConcludeAsync(PendingOutput next, StoreOutcome outcome, ulong sequence)
    {
        outputs.Stopping.ThrowIfCancellationRequested();
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
            case StoreOutcome.Shrunk:
                outputs.Counters.CountLost();
                _last = sequence;
                return true;
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
