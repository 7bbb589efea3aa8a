using NATS.Client.JetStream.Models;

namespace NATS.Client.KeyValueStore;

/// <summary>A bucket.</summary>
public record NatsKVConfig
{
    public NatsKVConfig(string bucket) => Bucket = bucket;

    public string Bucket { get; init; }

    public string? Description { get; init; }

    /// <summary>Longest value, bytes; 0 is no limit.</summary>
    public int MaxValueSize { get; init; }

    /// <summary>Values kept of each key, 1 to 64; 0 is 1.</summary>
    public long History { get; init; }

    /// <summary>How long a value is kept; zero is for ever.</summary>
    public TimeSpan MaxAge { get; init; }

    /// <summary>Size of the bucket, bytes; 0 is no limit.</summary>
    public long MaxBytes { get; init; }

    public NatsKVStorageType Storage { get; init; }

    public int NumberOfReplicas { get; init; }

    public Placement? Placement { get; init; }

    public bool Compression { get; init; }

    public IDictionary<string, string>? Metadata { get; set; }
}

public enum NatsKVStorageType
{
    File = 0,
    Memory = 1,
}
