using SignalStream.Contracts.V1;
using SignalStream.Messaging.Codec;

namespace SignalStream.Messaging.Partitions;

/// <summary>Claims and release.</summary>
public sealed partial class PartitionEngine
{
    private const int ReleasesAtATime = 4;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    /// <summary>Who was overtaken waits so long before it claims again, twice as long each time that it came to nothing.</summary>
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>A joining replica leaves the owner so long to release, before it claims whatever the owner does.</summary>
    private static readonly TimeSpan ReleaseWithin = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan TellOfRivalEvery = TimeSpan.FromMinutes(1);

    private readonly Wish[] _wishes = new Wish[Partition.Count];

    /// <summary>Claims and releases that are under way.</summary>
    private readonly Task?[] _changes = new Task?[Partition.Count];
    private readonly Task?[] _catchingUp = new Task?[Partition.Count];
    private long _toldOfRivalAt;

    /// <summary>What this replica wants of a partition that it does not hold; used by the managing task alone, but for the waits.</summary>
    private struct Wish
    {
        /// <summary>Since when it is wanted; 0: it is not.</summary>
        public long Since;

        /// <summary>Not to be claimed before.</summary>
        public long NotBefore;

        /// <summary>How often in a row it was lost before a checkpoint could be written.</summary>
        public int Losses;

        /// <summary>What stood where an output of this owner was to stand, and its term: whose it is shows when the head is read.</summary>
        public (ulong Term, ForeignOutput Output)? Met;

        /// <summary>To whom it fell when it was taken from an owner that stood still; null when it falls to this replica.</summary>
        public string? TakenFrom;
    }

    /// <summary>Follows what the membership proposes. Each partition changes hands by itself, so that none waits for another one.</summary>
    private async Task ManageAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var wake = Volatile.Read(ref _wake).Task;
            var isLogKnown = await CheckLogAsync(cancellationToken);
            var wanted = Wanted();
            var isWaiting = false;
            for (var p = 0; p < Partition.Count && isLogKnown; p++)
            {
                if (_catchingUp[p] is { IsFaulted: true } failed)
                    await failed;
                if (_changes[p] is { IsCompleted: false })
                    continue;
                await (_changes[p] ?? Task.CompletedTask);
                _changes[p] = ChangeOf(p, wanted.Contains(p), cancellationToken, ref isWaiting);
            }

            await Task.WhenAny(wake, PauseAsync(isWaiting ? Moment : LookEvery, cancellationToken));
        }
    }

    private Task? ChangeOf(int number, bool isWanted, CancellationToken cancellationToken, ref bool isWaiting)
    {
        if (HeldAt(number) is { } held)
            return isWanted ? null : Task.Run(() => ReleaseInTimeAsync(held), CancellationToken.None);
        if (!isWanted)
            return null;
        isWaiting = true;
        return IsReady(number) ? Task.Run(() => ClaimAsync(number, cancellationToken), CancellationToken.None) : null;
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

    private bool IsHeld(int number) => HeldAt(number) is not null;

    private OwnedPartition? HeldAt(int number)
    {
        lock (_gate)
            return _owned[number];
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
    private async Task ClaimAsync(int number, CancellationToken cancellationToken)
    {
        var (log, connected, begun) = (Volatile.Read(ref _logNumber), Volatile.Read(ref _connectedAt), _time.GetTimestamp());
        var waited = _time.GetElapsedTime(_wishes[number].Since, begun);
        ClaimedState? claimed = null;
        if (!await TryAsync(async () => claimed = await TryClaimAsync(number, cancellationToken), cancellationToken) || claimed is null)
        {
            WaitBeforeClaiming(number);
            return;
        }

        Counters.CountClaim();
        if (_wishes[number].TakenFrom is not null)
            Counters.CountTaken();
        var partition = new OwnedPartition(number, _capability, claimed, Share) { ClaimedAt = _time.GetTimestamp(), RereadUntilNs = claimed.Head.WrittenNs };
        lock (_gate)
        {
            // Perhaps it speaks of another log than the one that is read.
            if (log != _logNumber || connected != Volatile.Read(ref _connectedAt))
                return;
            _owned[number] = partition;
        }

        _catchingUp[number] = Task.Run(() => CatchUpAsync(partition, cancellationToken), CancellationToken.None);
        _ = TellOfGainAsync(partition, waited, _time.GetElapsedTime(begun, partition.ClaimedAt), _catchingUp[number]!);
    }

    private async Task TellOfGainAsync(OwnedPartition partition, TimeSpan waited, TimeSpan claimed, Task catchingUp)
    {
        await catchingUp.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (partition.IsLive)
            _reports.Gained(new Gain(waited, claimed, _time.GetElapsedTime(partition.ClaimedAt)));
    }

    private async Task<ClaimedState?> TryClaimAsync(int number, CancellationToken cancellationToken)
    {
        // Just released, before everybody's eyes: then nothing need be asked for.
        if (_heads.NewsOf(number, Volatile.Read(ref _connectedAt)) is { Checkpoint: { Released: true } head } seen && head.LogCreatedNs == _logCreatedNs
            && await TryClaimAsync(number, seen, isNews: true, cancellationToken) is { } claimed)
            return claimed;
        var stored = await _checkpoints.LoadAsync(number, cancellationToken);
        if (_wishes[number].TakenFrom is not null && _heads.Of(number)?.Revision < stored.Revision)
            return null; // It does not stand still: it is this replica that did not hear of it.
        TellOfRival(number, stored.Checkpoint);
        return await TryClaimAsync(number, stored, isNews: false, cancellationToken);
    }

    private async Task<ClaimedState?> TryClaimAsync(int number, StoredCheckpoint stored, bool isNews, CancellationToken cancellationToken)
    {
        var found = isNews
            ? StartingPoint.Of(stored.Checkpoint, await _checkpoints.LoadPartsAsync(number, stored.Checkpoint, cancellationToken))
            : await FindStartAsync(number, stored, cancellationToken);
        if (found is not { } starting)
            return null;
        var head = starting.Head.Clone();
        (head.Owner, head.Term, head.Released, head.LogCreatedNs) = (_instance, stored.Checkpoint.Term + 1, false, _logCreatedNs);
        var reading = SkipsAsync(number, starting.Position, cancellationToken);
        var revision = await _checkpoints.TrySaveAsync(number, head, stored.Revision, cancellationToken);
        var skips = await reading;
        if (revision == 0)
            return null;
        var isComplete = stored.Checkpoint.Released && starting.IsNewest;
        var behind = isComplete ? new StoredOutputs([]) : await BehindAsync(number, starting.Parts, cancellationToken);

        // What came within a second of the checkpoint had most probably been worked on when its owner went.
        var until = isComplete ? 0 : stored.WrittenNs + (long)CheckpointEvery.TotalNanoseconds;
        return new ClaimedState(new StoredCheckpoint(head, revision, until), starting.Parts, behind, skips);
    }

    /// <summary>Fenced, and yet the head is this owner's: it was no owner who wrote there.</summary>
    private void TellOfRival(int number, Checkpoint head)
    {
        var met = _wishes[number].Met;
        _wishes[number].Met = null;
        if (met is not { } rival || head.Owner != _instance || head.Term != rival.Term)
            return;
        Counters.CountRival();
        if (_time.GetElapsedTime(_toldOfRivalAt) < TellOfRivalEvery && _toldOfRivalAt != 0)
            return;
        _toldOfRivalAt = _time.GetTimestamp();
        _reports.Alarmed(
            $"Something else than {_capability.FullName} writes to {rival.Output.Subject}: the message {rival.Output.Id ?? "without an id"} at "
            + $"{rival.Output.Sequence}. Each such message makes the partition begin again from its checkpoint: stop what writes it, or give it streams of its own kind.");
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
            ref var wish = ref _wishes[partition.Number];
            wish.Met = partition.Outputs.Met is { } foreign ? (partition.Term, foreign) : null;
            wish.Losses = partition.SavedAt == 0 ? wish.Losses + 1 : 0;
            WaitBeforeClaiming(partition.Number);
            Drop(partition);
        }
    }

    private void WaitBeforeClaiming(int number)
    {
        var wait = FirstWait * Math.Pow(2, Math.Min(_wishes[number].Losses, 8));
        NotBefore(number, wait < LongestWait ? wait : LongestWait);
    }

    private void NotBefore(int number, TimeSpan wait) =>
        Volatile.Write(ref _wishes[number].NotBefore, _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency));

    private async Task ReleaseInTimeAsync(OwnedPartition partition)
    {
        using var patience = new CancellationTokenSource(Farewell, _time);
        await ReleaseAsync(partition, patience.Token);
    }

    private async Task ReleaseAsync(OwnedPartition partition, CancellationToken cancellationToken)
    {
        // On a busy machine a lock or an answer may come late: what is not written must be worked on again by who comes next.
        while (IsHeld(partition))
        {
            await TryAsync(() => SaveAsync(partition, true, cancellationToken), cancellationToken);
            if (partition.IsReleased || cancellationToken.IsCancellationRequested)
                break;
            await PauseAsync(LookEvery, cancellationToken);
        }

        lock (_gate)
            Drop(partition);
    }

    /// <summary>A few at a time, while the others go on; then what a claim that was under way has come to.</summary>
    private async Task ReleaseAllAsync()
    {
        using var patience = new CancellationTokenSource(Farewell, _time);
        await ReleaseHeldAsync(patience.Token);
        await Task.WhenAll(_changes.OfType<Task>()).WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ReleaseHeldAsync(patience.Token);
    }

    private Task ReleaseHeldAsync(CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = ReleasesAtATime };
        return Parallel.ForEachAsync(Held(), options, async (partition, _) => await ReleaseAsync(partition, cancellationToken));
    }
}
