using SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>Checkpoints: parts with the states, and the head that makes them count.</summary>
public sealed partial class PartitionEngine
{
    private const long CheckpointBytesASecond = 4 << 20;

    /// <summary>A part that is longer is split; the server takes 1 MiB.</summary>
    private const int SplitAbove = 600 << 10;
    private const int MostPartBytes = 900 << 10;
    private const int MostParts = 256;

    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromSeconds(1);
    /// <summary>Longer than a checkpoint's snapshot takes; a worker that keeps its partition longer is left to it.</summary>
    private static readonly TimeSpan GateWithin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan OutputsWithin = TimeSpan.FromSeconds(1);

    private long _pacedUntil;

    /// <summary>Once a second for each partition, not all at once; one that takes long keeps no other waiting.</summary>
    private async Task CheckpointAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(CheckpointEvery / Turns, _time);
        var saving = new Task?[Partition.Count];
        for (var turn = 0; await WaitAsync(timer, cancellationToken); turn++)
        {
            foreach (var partition in InTurn(turn))
            {
                if (saving[partition.Number] is { } last && !last.IsCompleted)
                    continue;
                await (saving[partition.Number] ?? Task.CompletedTask);
                saving[partition.Number] = Task.Run(() => SaveInTurnAsync(partition, cancellationToken), CancellationToken.None);
            }
        }
    }

    private async Task SaveInTurnAsync(OwnedPartition partition, CancellationToken cancellationToken)
    {
        var bytes = 0L;
        await TryAsync(async () => bytes = await SaveAsync(partition, false, cancellationToken), cancellationToken);
        await PaceAsync(bytes, cancellationToken);
    }

    /// <summary>Writes a checkpoint, if there is anything new, once all outputs that it rests on are stored.</summary>
    /// <returns>How many bytes that took.</returns>
    private async Task<long> SaveAsync(OwnedPartition partition, bool release, CancellationToken cancellationToken)
    {
        var written = 0L;
        await partition.Saving.WaitAsync(cancellationToken);
        try
        {
            var begun = _time.GetTimestamp();
            var isBegun = false;
            while (Begin(partition, release))
            {
                isBegun = true;
                var (bytes, isSplit) = await SaveAsync(partition, partition.Parts, release, cancellationToken);
                written += bytes;
                if (!isSplit)
                    break;
            }

            if (partition.SavedAt >= begun)
                _reports.Saved(_time.GetElapsedTime(begun));
            else if (isBegun)
                partition.IsUnsaved();
        }
        finally
        {
            partition.Saving.Release();
        }

        return written;
    }

    private bool Begin(OwnedPartition partition, bool release)
    {
        if (!AdvanceToReader(partition))
            return false;
        try
        {
            if (!release && (partition.IsLeaving || !partition.HasMoved))
                return false;
            partition.IsLeaving = release;
            partition.BeginCheckpoint();
            return true;
        }
        finally
        {
            partition.Gate.Exit();
        }
    }

    /// <summary>What the reader has worked on, a partition that has met it has worked on too.</summary>
    /// <returns>False when it was given up, or a worker keeps it; else its lock is held.</returns>
    private bool AdvanceToReader(OwnedPartition partition)
    {
        ulong at;
        long ns;
        lock (_gate)
        {
            // One that was given up, as after a worker's failure, stands behind a message that it has not worked on.
            if (_owned[partition.Number] != partition)
                return false;
            (at, ns) = partition.IsLive ? (_workedAt, _workedNs) : (0, 0);
        }

        if (!partition.Gate.TryEnter(GateWithin))
            return false;
        if (partition.IsOver)
        {
            partition.Gate.Exit();
            return false;
        }

        if (!partition.IsLeaving)
            partition.AdvanceTo(at, ns);
        return true;
    }

    /// <returns>How many bytes were written, and whether a part was too long, and all were split: then it is not done.</returns>
    private async Task<(long Bytes, bool IsSplit)> SaveAsync(
        OwnedPartition partition, IReadOnlyList<PartitionPart> parts, bool release, CancellationToken cancellationToken)
    {
        var written = 0L;
        for (var i = 0; i < parts.Count; i++)
        {
            var before = parts[i].Stored?.Revision ?? 0;
            if (await StoredAsync(partition, parts[i], cancellationToken) is not { } snapshot)
                return (written, false);
            var value = snapshot.Complete();
            if (value.Length > SplitAbove && TrySplit(partition, value.Length))
                return (written, true);
            var revision = snapshot.IsEmpty ? 0 : await _checkpoints.SavePartAsync(partition.Number, i, value.Bytes, cancellationToken);
            value.Return();
            written += value.Length;
            if (!TryWith(partition, () => parts[i].Saved(snapshot, value.Length, revision)))
                return (written, false);
            var isLast = i == parts.Count - 1;
            if (parts.All(p => p.Stored is not null) && (isLast || !release) && !await SaveHeadAsync(partition, parts, release && isLast, cancellationToken))
                return (written, false);
            if (revision == 0 && before > 0)
                await _checkpoints.RemovePartAsync(partition.Number, i, cancellationToken);
            Counters.CountCheckpointBytes(value.Length);
        }

        partition.SavedAt = _time.GetTimestamp();
        partition.IsReleased = release;
        Counters.CountCheckpoint();
        return (written, false);
    }

    /// <summary>A snapshot of a part whose outputs are stored; null when that takes too long, or the partition is not in hand any more.</summary>
    private async Task<PartSnapshot?> StoredAsync(OwnedPartition partition, PartitionPart part, CancellationToken cancellationToken)
    {
        if (!AdvanceToReader(partition))
            return null;
        PartSnapshot snapshot;
        try
        {
            snapshot = partition.Take(part);
        }
        finally
        {
            partition.Gate.Exit();
        }

        var within = partition.IsLeaving ? Farewell : OutputsWithin;
        return await partition.Outputs.StoredAsync(() => snapshot.IsComplete, within, cancellationToken) ? snapshot : null;
    }

    /// <summary>Does something under the partition's lock, unless a worker keeps it.</summary>
    private static bool TryWith(OwnedPartition partition, Action action)
    {
        if (!partition.Gate.TryEnter(GateWithin))
            return false;
        try
        {
            action();
            return true;
        }
        finally
        {
            partition.Gate.Exit();
        }
    }

    private bool TrySplit(OwnedPartition partition, int bytes)
    {
        if (2 * partition.Parts.Count <= MostParts && TryWith(partition, partition.Split))
            return true;
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
    private Task PaceAsync(long bytes, CancellationToken cancellationToken)
    {
        var ticks = (long)((double)bytes / CheckpointBytesASecond * _time.TimestampFrequency);
        long until, now = _time.GetTimestamp();
        lock (_gate)
            until = _pacedUntil = Math.Max(_pacedUntil, now) + ticks;
        return PauseAsync(TimeSpan.FromSeconds((double)(until - now) / _time.TimestampFrequency), cancellationToken);
    }
}
