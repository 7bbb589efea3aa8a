using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.KeyValueStore;

public enum NatsKVOperation
{
    Put = 0,
    Del = 1,
    Purge = 2,
}

/// <summary>A key at one revision.</summary>
public readonly record struct NatsKVEntry<T>(string Bucket, string Key)
{
    public T? Value { get; init; } = default;

    public ulong Revision { get; init; } = 0;

    /// <summary>Changes still to be told after this one, when the server sent it.</summary>
    public ulong Delta { get; init; } = 0;

    public DateTimeOffset Created { get; init; } = default;

    public NatsKVOperation Operation { get; init; } = default;

    /// <summary>Why the value could not be read.</summary>
    public NatsException? Error { get; init; } = null;

    public void EnsureSuccess()
    {
        if (Error is { } error)
            throw error;
    }
}

public record NatsKVStatus(string Bucket, bool IsCompressed, TimeSpan LimitMarkerTTL, StreamInfo Info);
