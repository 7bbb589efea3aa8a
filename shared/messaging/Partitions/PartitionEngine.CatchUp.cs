namespace SignalStream.Messaging.Partitions;

/// <summary>Partitions just gained, until the reader feeds them.</summary>
public sealed partial class PartitionEngine
{
    /// <summary>Partitions that are gained in one moment, as at the start, share one reader of the log.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    private List<OwnedPartition>? _gathering;
    private Task _gathered = Task.CompletedTask;

    /// <summary>Feeds a partition from its checkpoint on: from what the reader has kept, and before that, where it must be, from the log.</summary>
    private async Task CatchUpAsync(OwnedPartition partition, CancellationToken cancellationToken)
    {
        while (IsHeld(partition) && !cancellationToken.IsCancellationRequested && !FeedRecent(partition))
            await ReadUpAsync(partition, cancellationToken);
    }

    /// <returns>Whether the reader feeds it from here on, or nobody need feed it any more.</returns>
    private bool FeedRecent(OwnedPartition partition)
    {
        var recent = new List<(Route Route, LogMessage Message)>();
        var feeder = NewFeeder();
        try
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_owned[partition.Number] != partition)
                        return true;
                    if (!_recent.TryRead(partition.Number, partition.Position, recent))
                        return false;
                    if (recent.Count == 0)
                    {
                        partition.IsLive = !partition.IsLeaving;
                        return true;
                    }
                }

                foreach (var (route, message) in recent)
                    Process(feeder, partition, route, message);
                recent.Clear();
            }
        }
        finally
        {
            Forget(feeder);
        }
    }

    /// <summary>Joins those that are about to be fed from the log, and waits until that has come to what the reader has kept.</summary>
    private Task ReadUpAsync(OwnedPartition partition, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Counters.CountReadUp();
            if (_gathering is null)
            {
                var gathering = _gathering = [];
                _gathered = Task.Run(() => ReadUpAsync(gathering, cancellationToken), CancellationToken.None);
            }

            _gathering.Add(partition);
            return _gathered;
        }
    }

    private async Task ReadUpAsync(List<OwnedPartition> together, CancellationToken cancellationToken)
    {
        await PauseAsync(Gather, cancellationToken);
        lock (_gate)
            _gathering = null;
        var feeder = NewFeeder();
        var reading = Task.Run(() => TryAsync(() => ReadUpAsync(feeder, together, cancellationToken), cancellationToken), CancellationToken.None);
        await await Task.WhenAny(reading, feeder.Abandoned);
        Forget(feeder);
    }

    private async Task ReadUpAsync(Feeder feeder, List<OwnedPartition> together, CancellationToken cancellationToken)
    {
        if (IsAllRecent(together, await _input.EndsAsync(cancellationToken)))
            return;
        await foreach (var message in ConsumeAsync(together.Min(p => p.Position) + 1, cancellationToken))
        {
            if (message.Metadata is not { } place)
                continue;
            OwnedPartition? partition;
            Route route;
            bool hasMet;
            lock (_gate)
            {
                route = _routes.Of(message.Subject);
                partition = together.Find(p => p.Number == route.Partition && _owned[p.Number] == p);
                hasMet = place.Sequence.Stream >= _recent.From || !together.Exists(p => _owned[p.Number] == p);
            }

            if (partition is not null)
                Process(feeder, partition, route, new LogMessage(place.Sequence.Stream, EventTime.Of(place.Timestamp), message.Data));
            if (hasMet)
                HaveSeen(together, place.Sequence.Stream, EventTime.Of(place.Timestamp));
            if (hasMet || feeder.IsStale)
                return;
        }
    }

    /// <summary>All that the log had for them up to here has been fed to them.</summary>
    private static void HaveSeen(List<OwnedPartition> together, ulong sequence, long storedNs)
    {
        foreach (var partition in together.Where(p => p is { IsLeaving: false, IsOver: false }))
            TryWith(partition, () => partition.AdvanceTo(sequence, storedNs));
    }

    /// <summary>What the log had before has gone by age: all that there is has been kept.</summary>
    private bool IsAllRecent(List<OwnedPartition> together, LogEnds ends)
    {
        ulong from;
        lock (_gate)
            from = _recent.From;
        if (ends.First <= from && ends.Last > 0)
            return false;
        foreach (var partition in together.Where(p => p is { IsLeaving: false, IsOver: false }))
            TryWith(partition, () => partition.AdvanceTo(from, partition.PositionNs));
        return true;
    }
}
