namespace SignalStream.Messaging.Partitions;

/// <summary>Workers that do not come back: their partition is given up, and whoever fed it is replaced, so that the others go on.</summary>
public sealed partial class PartitionEngine
{
    private const int LooksUntilHung = 12;

    /// <summary>While one hangs already, the next is believed sooner: all may do so.</summary>
    private const int LooksWhileOneHangs = 4;
    private static readonly TimeSpan GuardEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Another replica may do better at that message: it takes a partition that stood still for 3 s, or three times as long as its heads took.</summary>
    private static readonly TimeSpan LeaveToOthers = TimeSpan.FromSeconds(15);

    private readonly List<Feeder> _feeders = [];

    /// <summary>Those that a worker still keeps; used by the guard alone.</summary>
    private readonly List<Feeder> _hanging = [];

    private Feeder NewFeeder()
    {
        var feeder = new Feeder();
        lock (_gate)
            _feeders.Add(feeder);
        return feeder;
    }

    private void Forget(Feeder feeder)
    {
        lock (_gate)
            _feeders.Remove(feeder);
    }

    private async Task GuardAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(GuardEvery, _time);
        while (await WaitAsync(timer, cancellationToken))
        {
            List<Feeder> feeders;
            lock (_gate)
                feeders = [.. _feeders];
            foreach (var feeder in feeders)
            {
                if (feeder.Look() is { At: { } partition } seen && seen.Looks >= (_hanging.Count == 0 ? LooksUntilHung : LooksWhileOneHangs))
                    GiveUp(feeder, partition, seen.Sequence, seen.Looks);
            }

            _hanging.RemoveAll(hung => hung.IsFree);
        }
    }

    private void GiveUp(Feeder feeder, OwnedPartition partition, ulong sequence, int looks)
    {
        lock (_gate)
        {
            feeder.Abandon();
            _feeders.Remove(feeder);
            _hanging.Add(feeder);
            if (_owned[partition.Number] != partition)
                return;
            Drop(partition);
            Counters.CountHung();
            var hung = $"it has not come back for {(GuardEvery * looks).TotalSeconds} s";
            if (partition.InHand is { } stream)
                NoteFailure(partition.Number, sequence, stream, hung);
            else
                _reports.Troubled($"{_capability.FullName} hangs at partition {partition.Number}, {_log} {sequence}: {hung}.");
            if (_membership.Members.Count > 1)
                NotBefore(partition.Number, LeaveToOthers);
        }
    }
}
