using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.KeyValueStore;
using SignalStream.Contracts;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Messaging.Catalog;

/// <summary>A producer's side of the catalog: what it makes, and that it is still there.</summary>
public sealed class CatalogWriter(INatsConnection connection, string instance, TimeProvider time)
{
    /// <summary>The lease is renewed so often; missing for three of these, the streams count as silent.</summary>
    public static readonly TimeSpan LeaseInterval = TimeSpan.FromSeconds(2);

    private INatsKVStore? _store;

    /// <summary>Registers a stream, or changes what is said of it; it is kept alive by this producer's lease.</summary>
    public async Task PutAsync(CatalogEntry entry, CancellationToken cancellationToken)
    {
        var store = await StoreAsync(cancellationToken);
        await store.PutAsync(
            CatalogKeys.Of(entry.Stream), CatalogCodec.Encode(entry with { Producer = instance }), cancellationToken: cancellationToken);
    }

    /// <summary>Says that the producer is there.</summary>
    public async Task RenewLeaseAsync(CancellationToken cancellationToken)
    {
        var store = await StoreAsync(cancellationToken);
        var lease = new ProducerLease(instance, EventTime.Of(time.GetUtcNow()), LeaseInterval);
        await store.PutAsync(CatalogKeys.OfLease(instance), CatalogCodec.Encode(lease), cancellationToken: cancellationToken);
    }

    /// <summary>Takes the lease back, at the end.</summary>
    public async Task EndLeaseAsync(CancellationToken cancellationToken)
    {
        var store = await StoreAsync(cancellationToken);
        await store.PurgeAsync(CatalogKeys.OfLease(instance), cancellationToken: cancellationToken);
    }

    // Several may find it missing at once: each gets a store of its own, and the last one stays.
    private async ValueTask<INatsKVStore> StoreAsync(CancellationToken cancellationToken) =>
        _store ??= await new NatsKVContext(new NatsJSContext(connection)).GetStoreAsync(LogDefinitions.CatalogBucket, cancellationToken);
}

/// <summary>Keys of the bucket <c>catalog</c>.</summary>
internal static class CatalogKeys
{
    private const string StreamPrefix = "stream.";
    private const string LeasePrefix = "producer.";

    public static string Of(StreamId stream) => StreamPrefix + stream;

    public static string OfLease(string instance) => LeasePrefix + instance;

    public static bool IsStream(string key) => key.StartsWith(StreamPrefix, StringComparison.Ordinal);

    public static bool IsLease(string key) => key.StartsWith(LeasePrefix, StringComparison.Ordinal);

    public static string InstanceOf(string leaseKey) => leaseKey[LeasePrefix.Length..];
}
