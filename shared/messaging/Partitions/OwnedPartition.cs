using SignalStream.Contracts;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>Outputs that a log has behind a checkpoint, by stream.</summary>
internal sealed class StoredOutputs(IEnumerable<(SignalType Type, StreamId Stream, string Id, ulong Sequence)> stored)
{
    private readonly ILookup<(SignalType, StreamId), (string Id, ulong Sequence)> _of =
        stored.ToLookup(s => (s.Type, s.Stream), s => (s.Id, s.Sequence));

    public IEnumerable<(string Id, ulong Sequence)> Of(SignalType type, StreamId stream) => _of[(type, stream)];
}

/// <summary>One partition in this replica's hands: its streams, how far its input has been worked on, its outputs.</summary>
/// <remarks>Processing and snapshots happen under the engine's lock; outputs go their own way.</remarks>
internal sealed class OwnedPartition : IDisposable
{
    /// <summary>A stream that was silent for so long in the log's time starts afresh, and its state is not kept.</summary>
    private const long ForgetNs = 3600L * 1_000_000_000;

    /// <summary>Streams of one partition: their states of some 5 KiB each must fit a checkpoint of 900 KiB.</summary>
    public const int MostStreams = 150;

    private readonly Capability _capability;
    private readonly PartitionOutputs _outputs;
    private readonly Dictionary<StreamId, StreamWork> _streams = [];
    private readonly Dictionary<SignalType, ulong> _floors = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly StoredOutputs _behind;

    /// <summary>Takes over where a checkpoint stands.</summary>
    /// <param name="number">The partition.</param>
    /// <param name="capability">What is done with it.</param>
    /// <param name="claimed">The checkpoint as this replica has claimed it.</param>
    /// <param name="behind">Outputs that the logs have behind the checkpoint.</param>
    /// <param name="share">What it shares with the other partitions; it is given its own end.</param>
    public OwnedPartition(
        int number,
        Capability capability,
        StoredCheckpoint claimed,
        StoredOutputs behind,
        Func<OwnedPartition, CancellationToken, PartitionOutputs> share)
    {
        Number = number;
        _capability = capability;
        Revision = claimed.Revision;
        Term = claimed.Checkpoint.Term;
        Position = claimed.Checkpoint.InputSequence;
        PositionNs = claimed.Checkpoint.InputTimeNs;
        foreach (var type in capability.Outputs)
            _floors[type] = claimed.Checkpoint.FloorOf(type);
        _outputs = share(this, _stopping.Token);
        _behind = behind;
        foreach (var saved in claimed.Checkpoint.Streams)
            Restore(saved);
    }

    public int Number { get; }

    public ulong Term { get; }

    /// <summary>One checkpoint at a time: its own would fail the comparison too.</summary>
    public SemaphoreSlim Saving { get; } = new(1);

    /// <summary>Of the checkpoint that was read or written last.</summary>
    public ulong Revision { get; set; }

    /// <summary>Everything in the input log up to here has been worked on.</summary>
    public ulong Position { get; private set; }

    /// <summary>When that message was stored, ns since the Unix epoch.</summary>
    public long PositionNs { get; private set; }

    /// <summary>Whether it has met the reader; until then the catch-up feeds it.</summary>
    public bool IsLive { get; set; }

    /// <summary>Whether its last checkpoint is being made: what would come after it is the next owner's.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Up to here the input had been worked on by somebody before.</summary>
    public ulong RereadUntil { get; set; }

    public int Streams => _streams.Count;

    /// <summary>Input worked on since the last snapshot.</summary>
    public bool HasMoved { get; private set; } = true;

    /// <summary>Works on the next message of a stream; one that it has already is passed over.</summary>
    public Rejection? Process(StreamId id, in LogMessage message)
    {
        if (message.Sequence <= Position)
            return null;
        AdvanceTo(message.Sequence, message.StoredNs);
        if (id.Kind != _capability.Kind)
            return null;
        _outputs.Counters.CountProcessed(message.Sequence <= RereadUntil);
        if (_streams.Count >= MostStreams && !_streams.ContainsKey(id))
            return new Rejection("TooManyStreams", $"partition {Number} has {_streams.Count} streams, and a checkpoint holds {MostStreams}.");
        return Find(id, message.StoredNs).Process(message);
    }

    /// <summary>Works on a control record; one that it has already is passed over.</summary>
    public void Control(ControlRecord record, ulong sequence, long storedNs)
    {
        if (sequence <= Position)
            return;
        AdvanceTo(sequence, storedNs);
        if (record is TickRecord)
            Tick(storedNs);
    }

    /// <summary>Nothing for this partition stands in the log before here that it has not seen.</summary>
    public void AdvanceTo(ulong sequence, long storedNs)
    {
        if (sequence <= Position)
            return;
        (Position, PositionNs) = (sequence, Math.Max(PositionNs, storedNs));
        HasMoved = true;
    }

    /// <summary>What a checkpoint would say now, and the outputs that must be stored before it may be written.</summary>
    public Snapshot Take(long logCreatedNs, string owner)
    {
        HasMoved = false;
        Forget();
        var checkpoint = new V1.Checkpoint
        {
            Owner = owner,
            Term = Term,
            LogCreatedNs = logCreatedNs,
            InputSequence = Position,
            InputTimeNs = PositionNs,
        };
        foreach (var (type, sequence) in _floors)
            checkpoint.OutputFloors.Add(new V1.Checkpoint.Types.OutputFloor { Type = Subjects.Token(type), Sequence = sequence });
        var awaited = new List<AwaitedOutput>(_streams.Count);
        foreach (var work in _streams.Values)
            checkpoint.Streams.Add(work.Save(awaited));
        return new Snapshot(checkpoint, awaited);
    }

    /// <summary>A checkpoint was written: outputs of streams that begin from now on lie behind all that is stored by now.</summary>
    public void Saved(ulong revision, Snapshot snapshot)
    {
        Revision = revision;
        foreach (var type in _capability.Outputs)
            _floors[type] = Math.Max(_floors[type], snapshot.NewestOf(type));
    }

    /// <summary>Gives up whatever is under way; once.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private void Tick(long storedNs)
    {
        foreach (var work in _streams.Values)
        {
            if (storedNs - work.LastNs < ForgetNs)
                work.Tick(storedNs);
        }
    }

    private StreamWork Find(StreamId stream, long storedNs)
    {
        if (!_streams.TryGetValue(stream, out var work))
            return _streams[stream] = new StreamWork(stream, _capability.NewWorker(stream), _capability.Outputs.Select(t => NewOutput(t, stream, null)));
        if (storedNs - work.LastNs >= ForgetNs)
            work.Renew(_capability.NewWorker(stream));
        return work;
    }

    private void Restore(V1.Checkpoint.Types.StreamState saved)
    {
        if (!StreamId.TryParse(saved.Stream, out var stream))
            return;
        var outputs = _capability.Outputs.Select(t => NewOutput(t, stream, saved.OutputOf(t, _capability)));
        _streams[stream] = new StreamWork(stream, Restored(stream, saved), outputs) { LastNs = saved.LastNs };
    }

    private StreamOutput NewOutput(SignalType type, StreamId stream, V1.Checkpoint.Types.StreamOutput? saved)
    {
        var output = new StreamOutput(stream, type, _outputs, saved is null ? _floors[type] : 0);
        output.Restore(saved, _behind.Of(type, stream));
        return output;
    }

    /// <summary>The worker as it was; one in its first state where the saved one cannot be read.</summary>
    private IStreamWorker Restored(StreamId stream, V1.Checkpoint.Types.StreamState saved)
    {
        var worker = _capability.NewWorker(stream);
        if (!worker.CanRestore(saved.Version))
            return worker;
        try
        {
            worker.Restore(saved.State.Span);
            return worker;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException)
        {
            _outputs.Counters.CountFailed();
            return _capability.NewWorker(stream);
        }
    }

    private void Forget()
    {
        foreach (var (stream, work) in _streams)
        {
            if (PositionNs - work.LastNs >= ForgetNs)
                _streams.Remove(stream);
        }
    }
}

/// <summary>A checkpoint to be: complete once its outputs are stored.</summary>
internal sealed class Snapshot(V1.Checkpoint checkpoint, List<AwaitedOutput> awaited)
{
    /// <summary>Whether all that it rests on is stored.</summary>
    public bool IsComplete => awaited.TrueForAll(a => a.IsStored);

    /// <summary>Sequence of the newest output that it rests on, in one log.</summary>
    public ulong NewestOf(SignalType type) =>
        awaited.Where(a => a.State.Type == Subjects.Token(type)).Select(a => a.State.Sequence).DefaultIfEmpty().Max();

    /// <summary>The checkpoint with the places of its outputs; only when complete.</summary>
    public V1.Checkpoint Complete()
    {
        foreach (var (state, output) in awaited)
            state.Sequence = output?.Sequence ?? state.Sequence;
        return checkpoint;
    }
}
