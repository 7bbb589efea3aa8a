using SignalStream.Contracts.V1;
using SignalStream.Messaging.Codec;

namespace SignalStream.Messaging.Partitions;

/// <summary>Claims and release.</summary>
public sealed partial class PartitionEngine
{
    private const int ClaimsAtATime = 32;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    /// <summary>Who was overtaken waits so long before it claims again, twice as long each time that it came to nothing.</summary>
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>A joining replica leaves the owner so long to release, before it claims whatever the owner does.</summary>
    private static readonly TimeSpan ReleaseWithin = TimeSpan.FromMilliseconds(500);

    private readonly Wish[] _wishes = new Wish[Partition.Count];

    /// <summary>What this replica wants of a partition that it does not hold; used by the managing task alone, but for the waits.</summary>
    private struct Wish
    {
        /// <summary>Since when it is wanted; 0: it is not.</summary>
        public long Since;

        /// <summary>Not to be claimed before.</summary>
        public long NotBefore;

        /// <summary>How often in a row it was lost before a checkpoint could be written.</summary>
        public int Losses;

        /// <summary>To whom it fell when it was taken from an owner that stood still; null when it falls to this replica.</summary>
        public string? TakenFrom;
    }

    /// <summary>Follows what the membership proposes.</summary>
    private async Task ManageAsync(CancellationToken cancellationToken)
    {
        var catchingUp = new List<Task>();
        while (!cancellationToken.IsCancellationRequested)
        {
            var wake = Volatile.Read(ref _wake).Task;
            await CheckLogAsync(cancellationToken);
            var held = Held();
            var wanted = Wanted();
            await Task.WhenAll(held.Where(p => !wanted.Contains(p.Number)).Select(p => ReleaseAsync(p, cancellationToken)));
            var gained = wanted.Except(held.Select(p => p.Number)).ToList();
            foreach (var some in gained.Where(IsReady).Chunk(ClaimsAtATime))
            {
                var claimed = await Task.WhenAll(some.Select(p => ClaimAsync(p, cancellationToken)));
                if (claimed.OfType<OwnedPartition>().ToList() is { Count: > 0 } started)
                    catchingUp.Add(CatchUpAsync(started, cancellationToken));
            }

            catchingUp.RemoveAll(task => task.IsCompleted);
            await Task.WhenAny(wake, Task.Delay(gained.Count > 0 ? Moment : LookEvery, _time, cancellationToken));
        }

        await Task.WhenAll(catchingUp);
    }

    /// <summary>The partitions that fall to this replica, those it has taken over, and those whose owner stands still.</summary>
    private HashSet<int> Wanted()
    {
        var wanted = _membership.Owned.ToHashSet();
        for (var p = 0; p < Partition.Count; p++)
        {
            ref var wish = ref _wishes[p];
            if (wanted.Contains(p))
                wish.TakenFrom = null;
            else if (wish.TakenFrom is { } before)
                KeepWhileNobodyElseIsProposed(p, before);
            else if (ShouldTake(p))
                wish.TakenFrom = _membership.OrderOf(p)[0];
            if (wish.TakenFrom is not null)
                wanted.Add(p);
            wish.Since = !wanted.Contains(p) || IsHeld(p) ? 0 : wish.Since == 0 ? _time.GetTimestamp() : wish.Since;
        }

        return wanted;
    }

    private void KeepWhileNobodyElseIsProposed(int number, string before)
    {
        var isTheirs = _membership.OrderOf(number)[0] != before || (!IsHeld(number) && _heads.Stalls(number) == 0);
        if (isTheirs)
            _wishes[number].TakenFrom = null;
    }

    /// <summary>Its checkpoint has stood still while its log moved, whatever the heartbeats say, and this replica is the next in order.</summary>
    private bool ShouldTake(int number)
    {
        var stalls = _heads.Stalls(number);
        if (stalls == 0)
            return false;
        var owner = _heads.Of(number)?.Checkpoint.Owner;
        var turn = _membership.OrderOf(number).Where(member => member != owner).Take(stalls).ToList();
        return turn.Contains(_instance);
    }

    private bool IsHeld(int number)
    {
        lock (_gate)
            return _owned[number] is not null;
    }

    /// <summary>Whether it may be claimed: nobody has it, or the owner had the time to release it.</summary>
    private bool IsReady(int number)
    {
        var wish = _wishes[number];
        if (_time.GetTimestamp() < Volatile.Read(ref _wishes[number].NotBefore))
            return false;
        if (wish.TakenFrom is not null || _time.GetElapsedTime(wish.Since) > ReleaseWithin)
            return true;
        return _heads.Of(number)?.Checkpoint is { } head && (head.Released || head.Owner == _instance || !_membership.IsReleasing(head.Owner));
    }

    /// <summary>Makes a partition this replica's: by compare-and-set on its checkpoint, which decides, whatever anybody believes.</summary>
    private async Task<OwnedPartition?> ClaimAsync(int number, CancellationToken cancellationToken)
    {
        ClaimedState? claimed = null;
        if (!await TryAsync(async () => claimed = await TryClaimAsync(number, cancellationToken), cancellationToken) || claimed is null)
        {
            WaitBeforeClaiming(number);
            return null;
        }

        Counters.CountClaim();
        if (_wishes[number].TakenFrom is not null)
            Counters.CountTaken();
        lock (_gate)
        {
            return _owned[number] = new OwnedPartition(number, _capability, claimed, Share)
            {
                ClaimedAt = _time.GetTimestamp(),
                RereadUntilNs = claimed.Head.WrittenNs,
            };
        }
    }

    private async Task<ClaimedState?> TryClaimAsync(int number, CancellationToken cancellationToken)
    {
        var stored = await _checkpoints.LoadAsync(number, cancellationToken);
        var head = stored.Checkpoint;
        if (_wishes[number].TakenFrom is not null && _heads.Of(number)?.Revision < stored.Revision)
            return null; // It does not stand still: it is this replica that did not hear of it.
        var isComplete = head.Released;
        var parts = await _checkpoints.LoadPartsAsync(number, head, cancellationToken);
        var ends = await _input.EndsAsync(cancellationToken);
        foreach (var part in parts)
            await FitAsync(part, head, ends, cancellationToken);
        (head.Owner, head.Term, head.Released, head.LogCreatedNs) = (_instance, head.Term + 1, false, _logCreatedNs);
        var revision = await _checkpoints.TrySaveAsync(number, head, stored.Revision, cancellationToken);
        if (revision == 0)
            return null;
        var skips = await SkipsAsync(number, parts.Min(p => p.InputSequence), cancellationToken);
        var behind = isComplete ? new StoredOutputs([]) : await BehindAsync(number, parts, cancellationToken);

        // What came within a second of the checkpoint had most probably been worked on when its owner went.
        var until = isComplete ? 0 : stored.WrittenNs + (long)CheckpointEvery.TotalNanoseconds;
        return new ClaimedState(new StoredCheckpoint(head, revision, until), parts, behind, skips);
    }

    /// <summary>
    /// Where the log is another one than the checkpoint speaks of, or has lost its end, the state counts all the same, from the time of
    /// the message that was worked on last.
    /// </summary>
    private async Task FitAsync(CheckpointPart part, Checkpoint head, LogEnds ends, CancellationToken cancellationToken)
    {
        if (await _input.HadAsync(part.InputSequence, part.InputTimeNs, head.LogCreatedNs, ends, cancellationToken))
            return;
        part.InputSequence = part.InputTimeNs == 0 ? 0 : await _input.PositionAtAsync(part.InputTimeNs, ends, cancellationToken);
        _reports.Troubled($"{_log} is not the one that a checkpoint speaks of, or has lost its end: going on behind {part.InputSequence}.");
    }

    private async Task<SkipList> SkipsAsync(int number, ulong position, CancellationToken cancellationToken)
    {
        var skips = new SkipList();
        var subject = Subjects.Skips(_capability.Input, number);
        while (await _input.FindNextAsync(subject, position + 1, cancellationToken) is { } found)
        {
            if (ControlCodec.TryDecode(found.Data.Span, out var record) && record is SkipRecord skip && skip.Capability == _capability.FullName)
                skips.Add(skip);
            position = found.Seq;
        }

        return skips;
    }

    private async Task<StoredOutputs> BehindAsync(int number, IReadOnlyList<CheckpointPart> parts, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(_outputs.Select(o => o.Value.ReadBehindAsync(number, parts.Min(p => p.FloorOf(o.Key)), cancellationToken)));
        return new StoredOutputs(_outputs.Keys.Zip(found).SelectMany(f => f.Second.Select(o => (f.First, o.Stream, o.Id, o.Sequence))));
    }

    private PartitionOutputs Share(OwnedPartition partition) => new(_outputs, Counters, _time, _reports.Stored, () => Fence(partition));

    /// <summary>Somebody else is ahead: what is in hand is worth nothing.</summary>
    private void Fence(OwnedPartition partition)
    {
        lock (_gate)
        {
            if (_owned[partition.Number] != partition)
                return;
            Counters.CountFenced();
            Drop(partition);
        }

        ref var wish = ref _wishes[partition.Number];
        wish.Losses = partition.SavedAt == 0 ? wish.Losses + 1 : 0;
        WaitBeforeClaiming(partition.Number);
    }

    private void WaitBeforeClaiming(int number)
    {
        var wait = FirstWait * Math.Pow(2, Math.Min(_wishes[number].Losses, 8));
        var ticks = (wait < LongestWait ? wait : LongestWait).TotalSeconds * _time.TimestampFrequency;
        Volatile.Write(ref _wishes[number].NotBefore, _time.GetTimestamp() + (long)ticks);
    }

    private async Task ReleaseAsync(OwnedPartition partition, CancellationToken cancellationToken)
    {
        await TryAsync(() => SaveAsync(partition, true, cancellationToken), cancellationToken);
        lock (_gate)
            Drop(partition);
    }

    private async Task ReleaseAllAsync()
    {
        using var patience = new CancellationTokenSource(Farewell, _time);
        await Task.WhenAll(Held().Select(p => ReleaseAsync(p, patience.Token)));
    }
}
