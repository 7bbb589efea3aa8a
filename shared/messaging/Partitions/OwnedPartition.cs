using Google.Protobuf;
using SignalStream.Contracts;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

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
    private readonly Dictionary<StreamId, Worked> _streams = [];
    private readonly List<SignalEvent> _made = [];
    private readonly CancellationTokenSource _stopping = new();
    private ulong _floor;

    private sealed class Worked(IStreamWorker worker, StreamOutput output)
    {
        public IStreamWorker Worker { get; } = worker;

        public StreamOutput Output { get; } = output;

        public long LastNs { get; set; }
    }

    /// <summary>Takes over where a checkpoint stands.</summary>
    /// <param name="number">The partition.</param>
    /// <param name="capability">What is done with it.</param>
    /// <param name="claimed">The checkpoint as this replica has claimed it.</param>
    /// <param name="behind">Outputs that the log has behind the checkpoint.</param>
    /// <param name="share">What it shares with the other partitions; it is given its own end.</param>
    public OwnedPartition(
        int number,
        Capability capability,
        StoredCheckpoint claimed,
        ILookup<StreamId, (string Id, ulong Sequence)> behind,
        Func<OwnedPartition, CancellationToken, PartitionOutputs> share)
    {
        Number = number;
        _capability = capability;
        Revision = claimed.Revision;
        Term = claimed.Checkpoint.Term;
        Position = claimed.Checkpoint.InputSequence;
        PositionNs = claimed.Checkpoint.InputTimeNs;
        _floor = claimed.Checkpoint.OutputFloor;
        _outputs = share(this, _stopping.Token);
        Behind = behind;
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

    private ILookup<StreamId, (string Id, ulong Sequence)> Behind { get; }

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
        var worked = Find(id, message.StoredNs);
        worked.LastNs = message.StoredNs;
        _made.Clear();
        var rejection = worked.Worker.Process(message, _made);
        foreach (var made in _made)
            worked.Output.Add(made);
        return rejection;
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
            OutputFloor = _floor,
        };
        var newest = new List<(V1.Checkpoint.Types.StreamState State, PendingOutput? Output)>(_streams.Count);
        foreach (var (stream, worked) in _streams)
        {
            var state = new V1.Checkpoint.Types.StreamState
            {
                Stream = stream.ToString(),
                Version = worked.Worker.Version,
                State = UnsafeByteOperations.UnsafeWrap(worked.Worker.Save()),
                OutputSequence = worked.Output.Restored,
                LastNs = worked.LastNs,
            };
            checkpoint.Streams.Add(state);
            newest.Add((state, worked.Output.Newest));
        }

        return new Snapshot(checkpoint, newest);
    }

    /// <summary>A checkpoint was written: outputs of streams that begin from now on lie behind all that is stored by now.</summary>
    public void Saved(ulong revision, ulong newestOutput)
    {
        Revision = revision;
        _floor = Math.Max(_floor, newestOutput);
    }

    /// <summary>Gives up whatever is under way; once.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private Worked Find(StreamId stream, long storedNs)
    {
        if (_streams.TryGetValue(stream, out var known) && storedNs - known.LastNs < ForgetNs)
            return known;
        var output = known?.Output;
        if (output is null)
        {
            output = new StreamOutput(stream, _capability.Output, _outputs, _floor);
            output.Restore(0, Behind[stream]);
        }

        return _streams[stream] = new Worked(_capability.NewWorker(stream), output) { LastNs = storedNs };
    }

    private void Restore(V1.Checkpoint.Types.StreamState saved)
    {
        if (!StreamId.TryParse(saved.Stream, out var stream))
            return;
        var worker = Restored(stream, saved);
        var output = new StreamOutput(stream, _capability.Output, _outputs, 0);
        output.Restore(saved.OutputSequence, Behind[stream].Where(b => b.Sequence > saved.OutputSequence));
        _streams[stream] = new Worked(worker, output) { LastNs = saved.LastNs };
    }

    /// <summary>The worker as it was; one in its first state where the saved one is of another version or cannot be read.</summary>
    private IStreamWorker Restored(StreamId stream, V1.Checkpoint.Types.StreamState saved)
    {
        var worker = _capability.NewWorker(stream);
        if (worker.Version != saved.Version)
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
        foreach (var (stream, worked) in _streams)
        {
            if (PositionNs - worked.LastNs >= ForgetNs)
                _streams.Remove(stream);
        }
    }
}

/// <summary>A checkpoint to be: complete once its outputs are stored.</summary>
internal sealed class Snapshot(
    V1.Checkpoint checkpoint, List<(V1.Checkpoint.Types.StreamState State, PendingOutput? Output)> newest)
{
    /// <summary>Whether all that it rests on is stored.</summary>
    public bool IsComplete => newest.TrueForAll(n => n.Output is null || n.Output.Sequence > 0);

    /// <summary>Sequence of the newest output that it rests on.</summary>
    public ulong NewestOutput { get; private set; }

    /// <summary>The checkpoint with the places of its outputs; only when complete.</summary>
    public V1.Checkpoint Complete()
    {
        foreach (var (state, output) in newest)
        {
            if (output is not null)
                state.OutputSequence = output.Sequence;
            NewestOutput = Math.Max(NewestOutput, state.OutputSequence);
        }

        return checkpoint;
    }
}
