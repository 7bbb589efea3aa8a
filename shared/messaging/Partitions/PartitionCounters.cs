namespace SignalStream.Messaging.Partitions;

/// <summary>What the partitions of a replica have done so far, for metrics; each only rises.</summary>
public sealed class PartitionCounters
{
    private long _processed;
    private long _reread;
    private long _suppressed;
    private long _diverged;
    private long _stored;
    private long _retried;
    private long _claims;
    private long _fenced;
    private long _checkpoints;
    private long _checkpointBytes;
    private long _failed;
    private long _misplaced;
    private long _lost;
    private long _skipped;
    private long _taken;
    private long _settings;
    private long _hung;
    private long _readUps;
    private long _goneBack;
    private long _rivals;

    /// <summary>Messages worked on.</summary>
    public long Processed => Interlocked.Read(ref _processed);

    /// <summary>Of these, read again after a change of hands or a restart.</summary>
    public long Reread => Interlocked.Read(ref _reread);

    /// <summary>Outputs that were in the log already, from the owner before.</summary>
    public long Suppressed => Interlocked.Read(ref _suppressed);

    /// <summary>Outputs suppressed although the log has others in their place: the workers were not alike.</summary>
    public long Diverged => Interlocked.Read(ref _diverged);

    /// <summary>Outputs stored.</summary>
    public long Stored => Interlocked.Read(ref _stored);

    /// <summary>Tries to store an output that failed and were repeated.</summary>
    public long Retried => Interlocked.Read(ref _retried);

    /// <summary>Partitions claimed.</summary>
    public long Claims => Interlocked.Read(ref _claims);

    /// <summary>Partitions lost because a comparison said that another owner is ahead.</summary>
    public long Fenced => Interlocked.Read(ref _fenced);

    /// <summary>Checkpoints written.</summary>
    public long Checkpoints => Interlocked.Read(ref _checkpoints);

    /// <summary>Bytes of them.</summary>
    public long CheckpointBytes => Interlocked.Read(ref _checkpointBytes);

    /// <summary>Exceptions of workers.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Outputs dropped because their place was not above the last of their kind: a worker's fault.</summary>
    public long Misplaced => Interlocked.Read(ref _misplaced);

    /// <summary>Outputs that were acknowledged and of which the log does not know any more: it lost its end.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Messages for which a skip record was put into the log.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Of the partitions claimed, those whose owner stood still.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Settings copied into the log.</summary>
    public long Settings => Interlocked.Read(ref _settings);

    /// <summary>Times that a partition was given up since a worker did not come back.</summary>
    public long Hung => Interlocked.Read(ref _hung);

    /// <summary>Partitions gained that had to be fed from the log: their checkpoint lay behind what the reader keeps.</summary>
    public long ReadUps => Interlocked.Read(ref _readUps);

    /// <summary>Partitions started from an older checkpoint, since a log had lost what the newer ones speak of.</summary>
    public long GoneBack => Interlocked.Read(ref _goneBack);

    internal void CountGoneBack() => Interlocked.Increment(ref _goneBack);

    /// <summary>Messages of somebody who is no owner where an output was to stand: they fence the owner.</summary>
    public long Rivals => Interlocked.Read(ref _rivals);

    internal void CountRival() => Interlocked.Increment(ref _rivals);

    internal void CountHung() => Interlocked.Increment(ref _hung);

    internal void CountReadUp() => Interlocked.Increment(ref _readUps);

    internal void CountProcessed(bool again)
    {
        Interlocked.Increment(ref _processed);
        if (again)
            Interlocked.Increment(ref _reread);
    }

    internal void CountSuppressed(bool diverged)
    {
        Interlocked.Increment(ref _suppressed);
        if (diverged)
            Interlocked.Increment(ref _diverged);
    }

    internal void CountStored() => Interlocked.Increment(ref _stored);

    internal void CountRetried() => Interlocked.Increment(ref _retried);

    internal void CountClaim() => Interlocked.Increment(ref _claims);

    internal void CountFenced() => Interlocked.Increment(ref _fenced);

    internal void CountCheckpoint() => Interlocked.Increment(ref _checkpoints);

    internal void CountCheckpointBytes(int bytes) => Interlocked.Add(ref _checkpointBytes, bytes);

    internal void CountLost() => Interlocked.Increment(ref _lost);

    internal void CountSkipped() => Interlocked.Increment(ref _skipped);

    internal void CountTaken() => Interlocked.Increment(ref _taken);

    internal void CountSetting() => Interlocked.Increment(ref _settings);

    internal void CountMisplaced() => Interlocked.Increment(ref _misplaced);

    internal void CountFailed() => Interlocked.Increment(ref _failed);
}
