using SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>Checkpoints: parts with the states, and the head that makes them count.</summary>
public sealed partial class PartitionEngine
{
    private const int SavesAtATime = 8;
    private const long CheckpointBytesASecond = 4 << 20;

    /// <summary>A part that is longer is split; the server takes 1 MiB.</summary>
    private const int SplitAbove = 600 << 10;
    private const int MostPartBytes = 900 << 10;
    private const int MostParts = 256;

    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OutputsWithin = TimeSpan.FromSeconds(1);

    private long _pacedUntil;

    private async Task CheckpointAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(CheckpointEvery, _time);
        while (await WaitAsync(timer, cancellationToken))
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = SavesAtATime };
            await Parallel.ForEachAsync(Held(), options, async (partition, _) =>
                await TryAsync(() => SaveAsync(partition, false, cancellationToken), cancellationToken));
        }
    }

    /// <summary>Writes a checkpoint, if there is anything new, once all outputs that it rests on are stored.</summary>
    private async Task SaveAsync(OwnedPartition partition, bool release, CancellationToken cancellationToken)
    {
        await partition.Saving.WaitAsync(cancellationToken);
        try
        {
            var begun = _time.GetTimestamp();
            while (Begin(partition, release) && !await SaveAsync(partition, partition.Parts, release, cancellationToken))
            {
                // It had to be split: once more.
            }

            if (partition.SavedAt >= begun)
                _reports.Saved(_time.GetElapsedTime(begun));
            else
                partition.IsUnsaved();
        }
        finally
        {
            partition.Saving.Release();
        }
    }

    private bool Begin(OwnedPartition partition, bool release)
    {
        lock (_gate)
        {
            // One that was given up, as after a worker's failure, stands behind a message that it has not worked on.
            if (_owned[partition.Number] != partition)
                return false;
            if (partition.IsLive)
                partition.AdvanceTo(_readerAt, _readerNs);
            if (!release && (partition.IsLeaving || !partition.HasMoved))
                return false;
            partition.IsLeaving = release;
            partition.IsLive &= !release;
            partition.BeginCheckpoint();
            return true;
        }
    }

    /// <returns>False when a part was too long, and all are split.</returns>
    private async Task<bool> SaveAsync(OwnedPartition partition, IReadOnlyList<PartitionPart> parts, bool release, CancellationToken cancellationToken)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            var before = parts[i].Stored?.Revision ?? 0;
            if (await StoredAsync(partition, parts[i], cancellationToken) is not { } snapshot)
                return true;
            var bytes = snapshot.Complete();
            if (bytes.Length > SplitAbove && TrySplit(partition, bytes.Length))
                return false;
            var revision = snapshot.IsEmpty ? 0 : await _checkpoints.SavePartAsync(partition.Number, i, bytes, cancellationToken);
            lock (_gate)
                parts[i].Saved(snapshot, bytes.Length, revision);
            var isLast = i == parts.Count - 1;
            if (parts.All(p => p.Stored is not null) && (isLast || !release) && !await SaveHeadAsync(partition, parts, release && isLast, cancellationToken))
                return true;
            if (revision == 0 && before > 0)
                await _checkpoints.RemovePartAsync(partition.Number, i, cancellationToken);
            Counters.CountCheckpointBytes(bytes.Length);
            if (!release)
                await PaceAsync(bytes.Length, cancellationToken);
        }

        partition.SavedAt = _time.GetTimestamp();
        Counters.CountCheckpoint();
        return true;
    }

    /// <summary>A snapshot of a part whose outputs are stored; null when that takes too long, or the partition is not in hand any more.</summary>
    private async Task<PartSnapshot?> StoredAsync(OwnedPartition partition, PartitionPart part, CancellationToken cancellationToken)
    {
        PartSnapshot snapshot;
        lock (_gate)
        {
            if (_owned[partition.Number] != partition)
                return null;
            if (partition.IsLive)
                partition.AdvanceTo(_readerAt, _readerNs);
            snapshot = partition.Take(part);
        }

        var since = _time.GetTimestamp();
        var within = partition.IsLeaving ? Farewell : OutputsWithin;
        while (!snapshot.IsComplete)
        {
            if (_time.GetElapsedTime(since) > within || !IsHeld(partition))
                return null;
            await Task.Delay(Moment, _time, cancellationToken);
        }

        return snapshot;
    }

    private bool TrySplit(OwnedPartition partition, int bytes)
    {
        lock (_gate)
        {
            if (2 * partition.Parts.Count <= MostParts)
            {
                partition.Split();
                return true;
            }
        }

        if (bytes > MostPartBytes)
            _reports.Troubled($"A part of the checkpoint of partition {partition.Number} has {bytes} bytes: the most is {MostPartBytes}.");
        return false;
    }

    /// <returns>False when another owner is ahead.</returns>
    private async Task<bool> SaveHeadAsync(OwnedPartition partition, IReadOnlyList<PartitionPart> parts, bool release, CancellationToken cancellationToken)
    {
        var oldest = parts.MinBy(p => p.Stored!.InputSequence)!.Stored!;
        var head = new Checkpoint
        {
            Owner = _instance,
            Term = partition.Term,
            Released = release,
            LogCreatedNs = _logCreatedNs,
            InputSequence = oldest.InputSequence,
            InputTimeNs = oldest.InputTimeNs,
        };
        foreach (var type in _capability.Outputs)
            head.OutputFloors.Add(new Checkpoint.Types.OutputFloor { Type = Subjects.Token(type), Sequence = parts.Min(p => p.FloorOf(type)) });
        head.Parts.Add(parts.Select(p => p.Stored));
        var revision = await _checkpoints.TrySaveAsync(partition.Number, head, partition.Revision, cancellationToken);
        if (revision == 0)
        {
            Fence(partition);
            return false;
        }

        partition.Revision = revision;
        return true;
    }

    /// <summary>Spreads the writing, so that large states do not get in the way of what is live.</summary>
    private Task PaceAsync(int bytes, CancellationToken cancellationToken)
    {
        var ticks = (long)((double)bytes / CheckpointBytesASecond * _time.TimestampFrequency);
        long until, now = _time.GetTimestamp();
        lock (_gate)
            until = _pacedUntil = Math.Max(_pacedUntil, now) + ticks;
        return PauseAsync(TimeSpan.FromSeconds((double)(until - now) / _time.TimestampFrequency), cancellationToken);
    }
}
