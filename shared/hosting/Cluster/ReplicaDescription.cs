using SignalStream.Messaging;
using SignalStream.Messaging.Cluster;

namespace SignalStream.Hosting.Cluster;

/// <summary>What this replica announces of itself: which program it is, and what each part of the service adds.</summary>
/// <param name="time">Of its start.</param>
public sealed class ReplicaDescription(TimeProvider time)
{
    private readonly long _startedNs = EventTime.Of(time.GetUtcNow());
    private volatile Func<ReplicaStatus, ReplicaStatus>[] _parts = [];

    /// <summary>Lets a part of the service say its share; called twice a second, so it must be quick.</summary>
    public void Add(Func<ReplicaStatus, ReplicaStatus> part) => _parts = [.. _parts, part];

    /// <summary>Fills in a status that says no more than the partitions.</summary>
    public ReplicaStatus Describe(ReplicaStatus status)
    {
        status = status with
        {
            Version = ServiceIdentity.Version,
            Host = Environment.MachineName,
            ProcessId = Environment.ProcessId,
            StartedNs = _startedNs,
            Live = status.Partitions,
        };
        return _parts.Aggregate(status, (described, part) => part(described));
    }
}
