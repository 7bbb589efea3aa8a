namespace SignalStream.Messaging.Partitions;

/// <summary>Partitions just gained, until the reader feeds them.</summary>
public sealed partial class PartitionEngine
{
    /// <summary>Feeds partitions just gained from their checkpoints on, until they meet the reader.</summary>
    private async Task CatchUpAsync(List<OwnedPartition> gained, CancellationToken cancellationToken)
    {
        var met = TryMeet(gained, gained.Min(p => p.Position));
        while (!met && gained.Exists(IsHeld) && !cancellationToken.IsCancellationRequested)
        {
            await TryAsync(async () => met = await CatchUpOnceAsync(gained, cancellationToken), cancellationToken);
            if (!met)
                await PauseAsync(Moment, cancellationToken);
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
}
