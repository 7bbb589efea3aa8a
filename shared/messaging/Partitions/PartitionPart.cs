using System.Buffers;
using Google.Protobuf;
using SignalStream.Contracts;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>Some of a partition's streams, which share a value of its checkpoint: their workers, and the settings in force.</summary>
internal sealed class PartitionPart
{
    /// <summary>A stream that was silent for so long in the log's time starts afresh, and its state is not kept.</summary>
    private const long ForgetNs = 3600L * 1_000_000_000;

    private readonly Capability _capability;
    private readonly PartitionOutputs _outputs;
    private readonly StoredOutputs _behind;
    private readonly SettingsTable _settings;
    private readonly IWorkerGroup? _group;
    private readonly Dictionary<StreamId, StreamWork> _streams = [];
    private readonly Dictionary<SignalType, ulong> _floors;

    /// <summary>Takes over where a checkpoint stands.</summary>
    /// <param name="capability">What is done with the streams.</param>
    /// <param name="outputs">What it shares with the partition's other parts.</param>
    /// <param name="saved">Where it stood.</param>
    /// <param name="behind">Outputs that the logs have behind that.</param>
    public PartitionPart(Capability capability, PartitionOutputs outputs, V1.CheckpointPart saved, StoredOutputs behind)
    {
        (_capability, _outputs, _behind, _settings) = (capability, outputs, behind, new SettingsTable());
        (Position, PositionNs) = (saved.InputSequence, saved.InputTimeNs);
        _floors = capability.Outputs.ToDictionary(type => type, saved.FloorOf);
        _settings.Restore(saved.Settings);
        _group = Restored(saved.Group.Span);
        foreach (var state in saved.Streams)
            Restore(state);
    }

    private PartitionPart(PartitionPart whole, Func<StreamId, bool> isOurs)
    {
        (_capability, _outputs, _behind, _settings) = (whole._capability, whole._outputs, whole._behind, whole._settings.Copy());
        _group = whole._group;
        (Position, PositionNs) = (whole.Position, whole.PositionNs);
        _floors = new Dictionary<SignalType, ulong>(whole._floors);
        foreach (var (stream, work) in whole._streams.Where(s => isOurs(s.Key)))
            _streams[stream] = work;
    }

    /// <summary>Everything in the input log up to here has been worked on.</summary>
    public ulong Position { get; private set; }

    /// <summary>When that message was stored, ns since the Unix epoch.</summary>
    public long PositionNs { get; private set; }

    public int Streams => _streams.Count;

    /// <summary>Of its last value, bytes; 0 before there was one.</summary>
    public int Bytes { get; set; }

    /// <summary>Where its last value stands; null before there was one.</summary>
    public V1.Checkpoint.Types.Part? Stored { get; set; }

    public ulong FloorOf(SignalType type) => _floors[type];

    public bool Has(StreamId stream) => _streams.ContainsKey(stream);

    public SettingRecord? Setting(string key) => _settings.Find(key);

    public IEnumerable<SettingRecord> Settings => _settings.All;

    /// <summary>Works on a message of one of its streams.</summary>
    public Rejection? Process(StreamId id, in LogMessage message, SkipList skips)
    {
        var work = Find(id, message.StoredNs);
        work.LastNs = message.StoredNs;
        if (skips.ReasonAt(message.Sequence, id) is not { } reason)
            return Process(work, message);
        work.Skip(message, reason);
        return null;
    }

    private Rejection? Process(StreamWork work, in LogMessage message)
    {
        _outputs.InHand = work;
        var rejection = work.Process(message);
        _outputs.InHand = null;
        return rejection;
    }

    public void Tick(ulong sequence, long storedNs, SkipList skips)
    {
        foreach (var (stream, work) in InTurn())
        {
            if (storedNs - work.LastNs >= ForgetNs)
                continue;
            if (skips.ReasonAt(sequence, stream) is { } reason)
                work.Skip(new LogMessage(sequence, storedNs, default), reason);
            else
                Work(work, w => w.Tick(storedNs));
        }
    }

    /// <summary>A setting stands in the log; it has been looked at whether it concerns this part.</summary>
    public void Set(SettingRecord record, string name, ulong sequence, long storedNs, SkipList skips)
    {
        var before = _streams.ToDictionary(s => s.Key, s => _settings.InForce(name, s.Key));
        if (!_settings.Apply(record, storedNs))
            return;
        foreach (var (stream, work) in InTurn())
        {
            var now = _settings.InForce(name, stream);
            if (storedNs - work.LastNs >= ForgetNs || now.Span.SequenceEqual(before[stream].Span))
                continue;
            if (skips.ReasonAt(sequence, stream) is { } reason)
                work.Skip(new LogMessage(sequence, storedNs, default), reason);
            else
                Work(work, w => w.Set(name, now));
        }
    }

    private void Work(StreamWork work, Action<StreamWork> action)
    {
        _outputs.InHand = work;
        action(work);
        _outputs.InHand = null;
    }

    /// <summary>Nothing for its streams stands in the log before here that it has not seen.</summary>
    public void AdvanceTo(ulong sequence, long storedNs)
    {
        if (sequence > Position)
            (Position, PositionNs) = (sequence, storedNs);
    }

    /// <summary>What its value of the checkpoint would be now, and the outputs that must be stored before it may be written.</summary>
    public PartSnapshot Take()
    {
        Forget();
        var saved = new V1.CheckpointPart { InputSequence = Position, InputTimeNs = PositionNs };
        foreach (var (type, sequence) in _floors)
            saved.OutputFloors.Add(new V1.Checkpoint.Types.OutputFloor { Type = Subjects.Token(type), Sequence = sequence });
        var awaited = new List<AwaitedOutput>(_streams.Count);
        foreach (var work in _streams.Values)
            saved.Streams.Add(work.Save(awaited));
        _settings.Save(saved.Settings);
        if (_group is not null && saved.Streams.Count > 0)
            saved.Group = UnsafeByteOperations.UnsafeWrap(_group.Save());
        return new PartSnapshot(saved, awaited);
    }

    /// <summary>Its value was written: outputs of streams that begin from now on lie behind all that is stored by now.</summary>
    public void Saved(PartSnapshot snapshot, int bytes, ulong revision)
    {
        foreach (var type in _capability.Outputs)
            _floors[type] = Math.Max(_floors[type], snapshot.NewestOf(type));
        Bytes = bytes;
        Stored = new V1.Checkpoint.Types.Part { Revision = revision, InputSequence = snapshot.Position, InputTimeNs = snapshot.PositionNs };
    }

    /// <summary>Two parts instead of this one, which is not used any more.</summary>
    /// <param name="isSecond">Which streams go into the second.</param>
    public (PartitionPart First, PartitionPart Second) Split(Func<StreamId, bool> isSecond) =>
        (new PartitionPart(this, stream => !isSecond(stream)), new PartitionPart(this, isSecond));

    /// <summary>Streams that share something take their turns in an order that the log alone decides.</summary>
    private IEnumerable<KeyValuePair<StreamId, StreamWork>> InTurn() => _group is null
        ? _streams
        : _streams.OrderBy(s => s.Key.Kind, StringComparer.Ordinal).ThenBy(s => s.Key.Id, StringComparer.Ordinal);

    private IStreamWorker FirstWorker(StreamId stream) => _group?.NewWorker(stream) ?? _capability.NewWorker(stream);

    private IWorkerGroup? Restored(ReadOnlySpan<byte> saved)
    {
        var group = _capability.NewGroup?.Invoke();
        if (group is null || saved.IsEmpty)
            return group;
        try
        {
            group.Restore(saved);
            return group;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Of no use, as a worker's state that cannot be read.
            _outputs.Counters.CountFailed();
            return _capability.NewGroup!();
        }
    }

    private StreamWork Find(StreamId stream, long storedNs)
    {
        if (!_streams.TryGetValue(stream, out var work))
        {
            work = new StreamWork(stream, _capability, FirstWorker(stream), _capability.Outputs.Select(t => NewOutput(t, stream, null)));
            _streams[stream] = work;
        }
        else if (storedNs - work.LastNs < ForgetNs)
        {
            return work;
        }
        else
        {
            work.Renew(FirstWorker(stream));
        }

        TellSettings(stream, work.Set);
        return work;
    }

    private void TellSettings(StreamId stream, Action<string, ReadOnlyMemory<byte>> tell)
    {
        foreach (var name in _capability.SettingsIn(_settings))
        {
            if (_settings.InForce(name, stream) is { IsEmpty: false } value)
                tell(name, value);
        }
    }

    private void Restore(V1.Checkpoint.Types.StreamState saved)
    {
        if (!StreamId.TryParse(saved.Stream, out var stream))
            return;
        var outputs = _capability.Outputs.Select(t => NewOutput(t, stream, saved.OutputOf(t, _capability)));
        _streams[stream] = new StreamWork(stream, _capability, Restored(stream, saved), outputs) { LastNs = saved.LastNs };
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
        var worker = NewWorker(stream);
        if (!worker.CanRestore(saved.Version))
            return worker;
        try
        {
            worker.Restore(saved.State.Span);
            return worker;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever it says of a state that it cannot read: the state is of no use.
            _outputs.Counters.CountFailed();
            return NewWorker(stream);
        }
    }

    /// <summary>One that knows the settings in force; what it made of them was made when they came.</summary>
    private IStreamWorker NewWorker(StreamId stream)
    {
        var worker = FirstWorker(stream);
        try
        {
            TellSettings(stream, (name, value) => worker.Set(name, value, []));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Where the setting stands in the log it failed as well, and was passed over.
            _outputs.Counters.CountFailed();
            worker = FirstWorker(stream);
        }

        return worker;
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

/// <summary>A part's value to be: complete once its outputs are stored.</summary>
internal sealed class PartSnapshot(V1.CheckpointPart saved, List<AwaitedOutput> awaited)
{
    public ulong Position => saved.InputSequence;

    public long PositionNs => saved.InputTimeNs;

    /// <summary>Whether there is nothing in it that a new owner would miss.</summary>
    public bool IsEmpty => saved.Streams.Count == 0 && saved.Settings.Count == 0;

    /// <summary>Whether all that it rests on is stored.</summary>
    public bool IsComplete => awaited.TrueForAll(a => a.IsStored);

    /// <summary>Sequence of the newest output that it rests on, in one log.</summary>
    public ulong NewestOf(SignalType type) =>
        awaited.Where(a => a.State.Type == Subjects.Token(type)).Select(a => a.State.Sequence).DefaultIfEmpty().Max();

    /// <summary>The value with the places of its outputs; only when complete.</summary>
    public PartValue Complete()
    {
        foreach (var (state, output) in awaited)
            state.Sequence = output?.Sequence ?? state.Sequence;
        return new PartValue(saved);
    }
}

/// <summary>A part's value as it is written, in a buffer that is used again: a replica writes megabytes of them a second.</summary>
internal readonly struct PartValue
{
    private readonly byte[] _buffer;

    public PartValue(V1.CheckpointPart saved)
    {
        Length = saved.CalculateSize();
        _buffer = ArrayPool<byte>.Shared.Rent(Length);
        saved.WriteTo(_buffer.AsSpan(0, Length));
    }

    public int Length { get; }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

    /// <summary>Once nobody reads it any more; a value whose writing was given up is left to the collector.</summary>
    public void Return() => ArrayPool<byte>.Shared.Return(_buffer);
}
