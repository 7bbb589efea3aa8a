using SignalStream.Contracts;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>Outputs that the logs have behind a checkpoint, by stream.</summary>
internal sealed class StoredOutputs(IEnumerable<(SignalType Type, StreamId Stream, string Id, ulong Sequence)> stored)
{
    private readonly ILookup<(SignalType, StreamId), (string Id, ulong Sequence)> _of =
        stored.ToLookup(s => (s.Type, s.Stream), s => (s.Id, s.Sequence));

    public IEnumerable<(string Id, ulong Sequence)> Of(SignalType type, StreamId stream) => _of[(type, stream)];
}

/// <summary>What a partition starts from.</summary>
/// <param name="Head">The checkpoint as this replica has claimed it.</param>
/// <param name="Parts">Its parts.</param>
/// <param name="Behind">Outputs that the logs have behind it.</param>
/// <param name="Skips">Messages behind it that are passed over.</param>
internal sealed record ClaimedState(StoredCheckpoint Head, IReadOnlyList<V1.CheckpointPart> Parts, StoredOutputs Behind, SkipList Skips);

/// <summary>One partition in this replica's hands: its streams in parts, how far its input has been worked on, its outputs.</summary>
/// <remarks>
/// Processing and snapshots happen under its own lock, so that a worker that hangs keeps nobody but its own partition; outputs go
/// their own way.
/// </remarks>
internal sealed class OwnedPartition : IDisposable
{
    /// <summary>Streams of one partition, so that memory has a bound: 640,000 in all.</summary>
    public const int MostStreams = 10_000;

    private readonly Capability _capability;
    private readonly SkipList _skips;
    private PartitionPart[] _parts;

    /// <summary>Which state of the bucket <c>rules</c> stands in its log, and whether with the lists, which only who has streams needs.</summary>
    private (long Version, bool WithLists) _settled = (-1, false);

    /// <summary>Takes over where a checkpoint stands.</summary>
    /// <param name="number">The partition.</param>
    /// <param name="capability">What is done with it.</param>
    /// <param name="claimed">Where it stands.</param>
    /// <param name="share">Makes what its parts share.</param>
    public OwnedPartition(int number, Capability capability, ClaimedState claimed, Func<OwnedPartition, PartitionOutputs> share)
    {
        (Number, _capability, _skips) = (number, capability, claimed.Skips);
        (Revision, Term) = (claimed.Head.Revision, claimed.Head.Checkpoint.Term);
        Outputs = share(this);
        _parts = [.. claimed.Parts.Select(part => new PartitionPart(capability, Outputs, part, claimed.Behind))];
        foreach (var (part, stored) in _parts.Zip(claimed.Head.Checkpoint.Parts))
            part.Stored = stored;
        var behind = _parts.MinBy(p => p.Position)!;
        (Position, PositionNs) = (behind.Position, behind.PositionNs);
    }

    public int Number { get; }

    /// <summary>For all that touches the workers. Nobody waits for it who has something else to do: a worker may never come back.</summary>
    public Lock Gate { get; } = new();

    public ulong Term { get; }

    public PartitionOutputs Outputs { get; }

    /// <summary>One checkpoint at a time: its own would fail the comparison too.</summary>
    public SemaphoreSlim Saving { get; } = new(1);

    /// <summary>Of the checkpoint that was read or written last.</summary>
    public ulong Revision { get; set; }

    /// <summary>When the last checkpoint was written; 0 while this owner has written none.</summary>
    public long SavedAt { get; set; }

    /// <summary>Its last checkpoint says that nobody holds it.</summary>
    public bool IsReleased { get; set; }

    /// <summary>When it came into this replica's hands.</summary>
    public long ClaimedAt { get; init; }

    /// <summary>Everything in the input log up to here has been worked on.</summary>
    public ulong Position { get; private set; }

    /// <summary>When that message was stored, ns since the Unix epoch.</summary>
    public long PositionNs { get; private set; }

    /// <summary>Whether it has met the reader; until then the catch-up feeds it. Under the engine's lock.</summary>
    public bool IsLive { get; set; }

    /// <summary>Given up: whatever a worker still brings is dropped.</summary>
    public bool IsOver => Outputs.Stopping.IsCancellationRequested;

    /// <summary>The stream whose worker has a message in hand; null when none has.</summary>
    public StreamId? InHand => Outputs.InHand?.Stream;

    /// <summary>Whether its last checkpoint is being made: what would come after it is the next owner's.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Input stored up to here, ns since the Unix epoch, had been worked on by somebody before.</summary>
    public long RereadUntilNs { get; init; }

    public int Streams
    {
        get
        {
            var streams = 0;
            foreach (var part in _parts)
                streams += part.Streams;
            return streams;
        }
    }

    /// <summary>Input worked on since the last snapshot.</summary>
    public bool HasMoved { get; private set; } = true;

    public IReadOnlyList<PartitionPart> Parts => _parts;

    /// <summary>Works on the next message of a stream; one that it has already is passed over.</summary>
    public Rejection? Process(StreamId id, in LogMessage message)
    {
        if (message.Sequence <= Position)
            return null;
        AdvanceTo(message.Sequence, message.StoredNs);
        if (!_capability.Takes(id))
            return null;
        var part = PartOf(id);
        if (message.Sequence <= part.Position)
            return null;
        Outputs.Counters.CountProcessed(message.StoredNs <= RereadUntilNs);
        if (Streams >= MostStreams && !part.Has(id))
            return new Rejection("TooManyStreams", $"partition {Number} has {Streams} streams, the most it may have.");
        return part.Process(id, message, _skips);
    }

    /// <summary>Works on a control record; one that it has already is passed over.</summary>
    public void Control(ControlRecord record, ulong sequence, long storedNs)
    {
        if (sequence <= Position)
            return;
        AdvanceTo(sequence, storedNs);
        foreach (var part in _parts.Where(p => sequence > p.Position))
        {
            if (record is TickRecord)
                part.Tick(sequence, storedNs, _skips);
            else if (record is SettingRecord setting && Concerns(setting.Key, part, out var name))
                part.Set(setting, name, sequence, storedNs, _skips);
        }
    }

    /// <summary>Nothing for this partition stands in the log before here that it has not seen.</summary>
    public void AdvanceTo(ulong sequence, long storedNs)
    {
        if (sequence <= Position)
            return;
        (Position, PositionNs) = (sequence, storedNs);
        HasMoved = true;
    }

    /// <summary>Settings that its log lacks, and the keys of which it has a value that the bucket has not.</summary>
    public (List<SettingRecord> Lacking, List<SettingRecord> Gone) Compare(IReadOnlyDictionary<string, SettingRecord> rules)
    {
        // Lists may be long, and stand in every checkpoint: not in those of partitions that have nothing else.
        var withLists = Streams > 0;
        var lacking = rules.Values.Where(rule => IsOurs(rule.Key) && (withLists || SettingKey.ListOf(rule.Key) is null) && _parts.Any(part =>
            Concerns(rule.Key, part, out _) && (part.Setting(rule.Key) is not { } known ? !rule.Value.IsEmpty : rule.IsLaterThan(known)))).ToList();
        var gone = _parts.SelectMany(p => p.Settings).Where(s => !s.Value.IsEmpty && !rules.ContainsKey(s.Key)).DistinctBy(s => s.Key).ToList();
        return (lacking, gone);
    }

    /// <summary>Whether its log has all of a state of the bucket <c>rules</c> that its streams need.</summary>
    public bool IsSettled(long version) => _settled.Version == version && (_settled.WithLists || Streams == 0);

    /// <summary>Its log has it.</summary>
    /// <param name="version">Of the bucket.</param>
    /// <param name="withLists">It had streams when that was found.</param>
    public void Settled(long version, bool withLists) => _settled = (version, withLists);

    /// <summary>Begins a checkpoint: what comes from now on is for the next one.</summary>
    public void BeginCheckpoint() => HasMoved = false;

    /// <summary>The checkpoint could not be written: it is due all the same.</summary>
    public void IsUnsaved() => HasMoved = true;

    /// <summary>What a part's value would be now.</summary>
    public PartSnapshot Take(PartitionPart part)
    {
        part.AdvanceTo(Position, PositionNs);
        return part.Take();
    }

    /// <summary>Twice as many parts; all of them must be written before the checkpoint may speak of them.</summary>
    public void Split()
    {
        var count = _parts.Length;
        var halves = _parts.Select(part => part.Split(stream => Partition.PartOf(stream, 2 * count) >= count)).ToList();
        _parts = [.. halves.Select(h => h.First), .. halves.Select(h => h.Second)];
    }

    /// <summary>Gives up whatever is under way; once.</summary>
    public void Dispose() => Outputs.Dispose();

    private PartitionPart PartOf(StreamId stream) => _parts.Length == 1 ? _parts[0] : _parts[Partition.PartOf(stream, _parts.Length)];

    private bool IsOurs(string key) => SettingKey.TryParse(key, out var name, out var stream) && _capability.Follows(name)
        && (stream is not { } own || (_capability.Takes(own) && Partition.Of(own) == Number));

    private bool Concerns(string key, PartitionPart part, out string name) => SettingKey.TryParse(key, out name, out var stream)
        && _capability.Follows(name) && (stream is not { } own || (_capability.Takes(own) && PartOf(own) == part));
}
