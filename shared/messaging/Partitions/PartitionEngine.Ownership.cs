using System.Globalization;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>Claims, catch-up, checkpoints and release.</summary>
public sealed partial class PartitionEngine
{
    private const int ClaimsAtATime = 16;

    /// <summary>Two ways of reading one time, ns.</summary>
    private const long Rounding = 1_000;
    private const long CheckpointBytesASecond = 4 << 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CheckpointEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OutputsWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    /// <summary>A joining replica leaves the owner so long to release, before it claims whatever the owner does.</summary>
    private static readonly TimeSpan ReleaseWithin = TimeSpan.FromMilliseconds(500);

    /// <summary>Follows what the membership proposes.</summary>
    private async Task ManageAsync(CancellationToken cancellationToken)
    {
        var catchingUp = new List<Task>();
        while (!cancellationToken.IsCancellationRequested)
        {
            var moved = Volatile.Read(ref _moved).Task;
            var wanted = _membership.Owned;
            var held = Held();
            await Task.WhenAll(held.Where(p => !wanted.Contains(p.Number)).Select(p => ReleaseAsync(p, cancellationToken)));
            var gained = wanted.Except(held.Select(p => p.Number)).ToList();
            foreach (var some in gained.Chunk(ClaimsAtATime))
            {
                var claimed = await Task.WhenAll(some.Select(p => ClaimAsync(p, cancellationToken)));
                if (claimed.OfType<OwnedPartition>().ToList() is { Count: > 0 } started)
                    catchingUp.Add(CatchUpAsync(started, cancellationToken));
            }

            catchingUp.RemoveAll(task => task.IsCompleted);
            await Task.WhenAny(moved, Task.Delay(LookEvery, _time, cancellationToken));
        }

        await Task.WhenAll(catchingUp);
    }

    private static async ValueTask<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Makes a partition this replica's: by compare-and-set on its checkpoint, which decides, whatever anybody believes.</summary>
    private async Task<OwnedPartition?> ClaimAsync(int number, CancellationToken cancellationToken)
    {
        OwnedPartition? claimed = null;
        await TryAsync(async () =>
        {
            var stored = await UsableAsync(await AwaitReleaseAsync(number, cancellationToken), cancellationToken);
            stored.Checkpoint.Owner = _instance;
            stored.Checkpoint.Term++;
            stored.Checkpoint.Released = false;
            stored.Checkpoint.LogCreatedNs = _logCreatedNs;
            var revision = await _checkpoints.TrySaveAsync(number, stored.Checkpoint, stored.Revision, cancellationToken);
            if (revision == 0)
                return;
            var behind = await BehindAsync(number, stored.Checkpoint, cancellationToken);
            claimed = new OwnedPartition(number, _capability, stored with { Revision = revision }, behind, Share);
        }, cancellationToken);
        if (claimed is null)
            return null;
        Counters.CountClaim();
        lock (_gate)
        {
            claimed.RereadUntil = _readerAt;
            return _owned[number] = claimed;
        }
    }

    private async Task<StoredOutputs> BehindAsync(int number, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(_outputs.Select(o => o.Value.ReadBehindAsync(number, checkpoint.FloorOf(o.Key), cancellationToken)));
        return new StoredOutputs(_outputs.Keys.Zip(found).SelectMany(f => f.Second.Select(o => (f.First, o.Stream, o.Id, o.Sequence))));
    }

    private PartitionOutputs Share(OwnedPartition partition, CancellationToken stopping) =>
        new(_outputs, Counters, _time, _reports.Stored, () => Fence(partition), stopping);

    /// <summary>The checkpoint; where a live owner has not released it yet, after leaving it a moment to do so.</summary>
    private async Task<StoredCheckpoint> AwaitReleaseAsync(int number, CancellationToken cancellationToken)
    {
        var since = _time.GetTimestamp();
        while (true)
        {
            var stored = await _checkpoints.LoadAsync(number, cancellationToken);
            var owner = stored.Checkpoint.Owner;
            if (stored.Checkpoint.Released || owner.Length == 0 || owner == _instance || !_membership.Members.Contains(owner)
                || _time.GetElapsedTime(since) > ReleaseWithin)
            {
                return stored;
            }

            await Task.Delay(Moment, _time, cancellationToken);
        }
    }

    /// <summary>A checkpoint of another log, or of one that lost its end, says nothing: the log is read from its beginning.</summary>
    private async Task<StoredCheckpoint> UsableAsync(StoredCheckpoint stored, CancellationToken cancellationToken)
    {
        var checkpoint = stored.Checkpoint;
        if (checkpoint.LogCreatedNs == 0 || (checkpoint.LogCreatedNs == _logCreatedNs && checkpoint.InputSequence <= Volatile.Read(ref _readerAt)))
            return stored;
        return await IsOfThisLogAsync(checkpoint, cancellationToken) ? stored : stored with { Checkpoint = new Checkpoint { Term = checkpoint.Term } };
    }

    /// <summary>Asks the server: this replica's reader may be far behind, after a cut, say.</summary>
    /// <remarks>
    /// nats-server 2.9 gives another creation time after an update of the stream and a restart. The time of the message that was
    /// worked on last tells too.
    /// </remarks>
    private async Task<bool> IsOfThisLogAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var log = await _jetStream.GetStreamAsync(_log, cancellationToken: cancellationToken);
        if (checkpoint.InputSequence > log.Info.State.LastSeq)
            return false;
        if (checkpoint.LogCreatedNs == EventTime.Of(log.Info.Created))
            return true;
        try
        {
            var message = (await log.GetAsync(new StreamMsgGetRequest { Seq = checkpoint.InputSequence }, cancellationToken)).Message;
            var storedNs = EventTime.Of(DateTimeOffset.Parse(message.Time, CultureInfo.InvariantCulture));
            return Math.Abs(storedNs - checkpoint.InputTimeNs) <= Rounding;
        }
        catch (NatsJSApiException exception) when (exception.Error.Code == 404)
        {
            return false;
        }
    }

    /// <summary>Feeds partitions just gained from their checkpoints on, until they meet the reader.</summary>
    private async Task CatchUpAsync(List<OwnedPartition> gained, CancellationToken cancellationToken)
    {
        var met = TryMeet(gained, gained.Min(p => p.Position));
        while (!met && gained.Exists(IsHeld) && !cancellationToken.IsCancellationRequested)
        {
            await TryAsync(async () => met = await CatchUpOnceAsync(gained, cancellationToken), cancellationToken);
            if (!met)
                await Task.Delay(Moment, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> CatchUpOnceAsync(List<OwnedPartition> gained, CancellationToken cancellationToken)
    {
        var mine = gained.ToDictionary(p => p.Number);
        await foreach (var message in ConsumeAsync(gained.Min(p => p.Position) + 1, cancellationToken))
        {
            if (message.Metadata is not { } place)
                continue;
            lock (_gate)
            {
                var route = RouteOf(message.Subject);
                var logged = new LogMessage(place.Sequence.Stream, EventTime.Of(place.Timestamp), message.Data);
                if (mine.TryGetValue(route.Partition, out var partition) && _owned[route.Partition] == partition && !partition.IsLeaving)
                    Process(partition, route, logged);
                if (TryMeet(gained, place.Sequence.Stream))
                    return true;
            }

            if (!gained.Exists(IsHeld))
                return false;
        }

        return false;
    }

    /// <summary>From here on the reader feeds them, if the catch-up has seen all that the reader has.</summary>
    private bool TryMeet(List<OwnedPartition> gained, ulong seen)
    {
        lock (_gate)
        {
            if (seen < _readerAt)
                return false;
            foreach (var partition in gained)
                partition.IsLive = !partition.IsLeaving;
            return true;
        }
    }

    private async Task CheckpointAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(CheckpointEvery, _time);
        while (await WaitAsync(timer, cancellationToken))
        {
            var written = 0L;
            foreach (var partition in Held())
            {
                if (cancellationToken.IsCancellationRequested)
                    return;
                await TryAsync(async () => written += await SaveAsync(partition, false, cancellationToken), cancellationToken);
            }

            var pause = TimeSpan.FromSeconds((double)written / CheckpointBytesASecond) - CheckpointEvery;
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Writes a checkpoint once all outputs that it rests on are stored.</summary>
    /// <returns>Bytes written; 0 when there was nothing new, or it could not be done yet.</returns>
    private async Task<int> SaveAsync(OwnedPartition partition, bool release, CancellationToken cancellationToken)
    {
        await partition.Saving.WaitAsync(cancellationToken);
        try
        {
            return await SaveAloneAsync(partition, release, cancellationToken);
        }
        finally
        {
            partition.Saving.Release();
        }
    }

    private async Task<int> SaveAloneAsync(OwnedPartition partition, bool release, CancellationToken cancellationToken)
    {
        Snapshot snapshot;
        lock (_gate)
        {
            // One that was given up, as after a worker's failure, stands behind a message that it has not worked on.
            if (_owned[partition.Number] != partition)
                return 0;
            if (partition.IsLive)
                partition.AdvanceTo(_readerAt, _readerNs);
            if (!release && (partition.IsLeaving || !partition.HasMoved))
                return 0;
            partition.IsLeaving = release;
            partition.IsLive &= !release;
            snapshot = partition.Take(_logCreatedNs, _instance);
        }

        var since = _time.GetTimestamp();
        while (!snapshot.IsComplete)
        {
            if (_time.GetElapsedTime(since) > OutputsWithin || !IsHeld(partition))
                return 0;
            await Task.Delay(Moment, _time, cancellationToken);
        }

        var checkpoint = snapshot.Complete();
        checkpoint.Released = release;
        var revision = await _checkpoints.TrySaveAsync(partition.Number, checkpoint, partition.Revision, cancellationToken);
        if (revision == 0)
        {
            Fence(partition);
            return 0;
        }

        partition.Saved(revision, snapshot);
        var bytes = checkpoint.CalculateSize();
        Counters.CountCheckpoint(bytes);
        return bytes;
    }

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

    private List<OwnedPartition> Held()
    {
        lock (_gate)
            return [.. _owned.OfType<OwnedPartition>()];
    }

    private bool IsHeld(OwnedPartition partition)
    {
        lock (_gate)
            return _owned[partition.Number] == partition;
    }
}
