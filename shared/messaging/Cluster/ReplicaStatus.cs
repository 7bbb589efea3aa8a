namespace SignalStream.Messaging.Cluster;

/// <summary>What a replica says of itself, twice a second.</summary>
/// <param name="Service">Such as <c>processor</c>.</param>
/// <param name="Instance">One of its replicas.</param>
public sealed record ReplicaStatus(string Service, string Instance)
{
    /// <summary>Said once, on the way out.</summary>
    public bool Leaving { get; init; }

    /// <summary>Partitions that fall to it, as it sees the members; ascending.</summary>
    public IReadOnlyList<int> Partitions { get; init; } = [];

    /// <summary>Of these, the ones that it works on and that have caught up with the log; ascending.</summary>
    public IReadOnlyList<int> Live { get; init; } = [];

    /// <summary>Its version, such as 0.1.0.</summary>
    public string Version { get; init; } = "";

    /// <summary>Machine or container that it runs on.</summary>
    public string Host { get; init; } = "";

    /// <summary>Its process there.</summary>
    public int ProcessId { get; init; }

    /// <summary>When it started, ns since the Unix epoch.</summary>
    public long StartedNs { get; init; }

    /// <summary>How far its work is behind the log, s.</summary>
    public double LagSeconds { get; init; }

    /// <summary>Since its start: messages worked on; of a producer, frames sent; of a gateway, deliveries to viewers.</summary>
    public long Messages { get; init; }

    /// <summary>Streams that it works on, sends, or relays to viewers.</summary>
    public int Streams { get; init; }

    /// <summary>Of a gateway: viewers that are connected.</summary>
    public int Viewers { get; init; }
}
