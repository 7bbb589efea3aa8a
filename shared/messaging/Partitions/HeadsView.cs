namespace SignalStream.Messaging.Partitions;

/// <summary>The heads of all checkpoints as they pass by, and since when each has stood still. It proposes; the comparison decides.</summary>
internal sealed class HeadsView(TimeProvider time)
{
    /// <summary>A checkpoint that stood still for so long while its log moved has an owner that does nothing.</summary>
    private static readonly TimeSpan StillAfter = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Seen[] _seen = new Seen[Partition.Count];

    private record struct Seen(StoredCheckpoint Head, long ChangedAt, TimeSpan Took, long MovedAt, ulong MovedTo, bool IsNews);

    /// <summary>What was seen last; null when nothing was.</summary>
    public StoredCheckpoint? Of(int partition)
    {
        lock (_gate)
            return _seen[partition].Head.Revision > 0 ? _seen[partition].Head : null;
    }

    /// <summary>What was told as it came about, not found there, since a moment by the own clock; null when nothing was.</summary>
    public StoredCheckpoint? NewsOf(int partition, long since)
    {
        lock (_gate)
            return _seen[partition] is { IsNews: true } seen && seen.ChangedAt > since ? seen.Head : null;
    }

    public void Clear()
    {
        lock (_gate)
            Array.Clear(_seen);
    }

    /// <summary>A head was told.</summary>
    /// <param name="partition">Whose.</param>
    /// <param name="head">As it is now.</param>
    /// <param name="isNews">Whether it came about just now; else it was found when the watch began.</param>
    public void Changed(int partition, StoredCheckpoint head, bool isNews)
    {
        lock (_gate)
        {
            ref var seen = ref _seen[partition];
            if (head.Revision <= seen.Head.Revision && head.WrittenNs <= seen.Head.WrittenNs)
                return;
            var isSame = seen is { MovedAt: > 0, Head.Revision: > 0 } && seen.Head.Checkpoint.Owner == head.Checkpoint.Owner;
            var took = isSame ? time.GetElapsedTime(seen.MovedAt) : TimeSpan.Zero;
            var movedAt = seen.MovedTo > head.Checkpoint.InputSequence ? time.GetTimestamp() : 0;
            seen = new Seen(head, time.GetTimestamp(), took, movedAt, seen.MovedTo, isNews);
        }
    }

    /// <summary>There is input for the partition that its checkpoint does not speak of yet.</summary>
    /// <param name="partition">Whose.</param>
    /// <param name="sequence">Of the message.</param>
    public void Moved(int partition, ulong sequence)
    {
        lock (_gate)
        {
            _seen[partition].MovedTo = sequence;
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
