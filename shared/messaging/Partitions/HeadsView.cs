namespace SignalStream.Messaging.Partitions;

/// <summary>The heads of all checkpoints as they pass by, and since when each has stood still. It proposes; the comparison decides.</summary>
internal sealed class HeadsView(TimeProvider time)
{
    /// <summary>A checkpoint that stood still for so long while its log moved has an owner that does nothing.</summary>
    private static readonly TimeSpan StillAfter = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Seen[] _seen = new Seen[Partition.Count];

    private record struct Seen(StoredCheckpoint Head, long ChangedAt, TimeSpan Took, long MovedAt);

    /// <summary>What was seen last; null when nothing was.</summary>
    public StoredCheckpoint? Of(int partition)
    {
        lock (_gate)
            return _seen[partition].Head.Revision > 0 ? _seen[partition].Head : null;
    }

    public void Clear()
    {
        lock (_gate)
            Array.Clear(_seen);
    }

    public void Changed(int partition, StoredCheckpoint head)
    {
        lock (_gate)
        {
            ref var seen = ref _seen[partition];
            if (head.Revision <= seen.Head.Revision && head.WrittenNs <= seen.Head.WrittenNs)
                return;
            var isSame = seen is { MovedAt: > 0, Head.Revision: > 0 } && seen.Head.Checkpoint.Owner == head.Checkpoint.Owner;
            var took = isSame ? time.GetElapsedTime(seen.MovedAt) : TimeSpan.Zero;
            seen = new Seen(head, time.GetTimestamp(), took, 0);
        }
    }

    /// <summary>There is input for the partition that its checkpoint does not speak of yet.</summary>
    public void Moved(int partition)
    {
        lock (_gate)
        {
            if (_seen[partition].MovedAt == 0)
                _seen[partition].MovedAt = time.GetTimestamp();
        }
    }

    /// <summary>How many times over its owner would have had the time to write a checkpoint, and has not; 0 for a partition that is well.</summary>
    /// <remarks>Where checkpoints are large they come less often: three times as long as the last one took to speak of new input.</remarks>
    public int Stalls(int partition)
    {
        lock (_gate)
        {
            var seen = _seen[partition];
            if (seen.Head.Revision == 0 || seen.Head.Checkpoint.Released || seen.MovedAt == 0)
                return 0;
            var limit = seen.Took * 3 > StillAfter ? seen.Took * 3 : StillAfter;
            return (int)Math.Min(time.GetElapsedTime(seen.ChangedAt) / limit, time.GetElapsedTime(seen.MovedAt) / limit);
        }
    }
}
