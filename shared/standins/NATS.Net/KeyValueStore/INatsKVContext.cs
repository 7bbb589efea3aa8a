using NATS.Client.JetStream;

namespace NATS.Client.KeyValueStore;

/// <summary>Buckets.</summary>
public interface INatsKVContext
{
    INatsJSContext JetStreamContext { get; }

    NatsKVOpts Opts { get; }

    ValueTask<INatsKVStore> CreateStoreAsync(string bucket, CancellationToken cancellationToken = default);

    ValueTask<INatsKVStore> CreateStoreAsync(NatsKVConfig config, CancellationToken cancellationToken = default);

    ValueTask<INatsKVStore> GetStoreAsync(string bucket, CancellationToken cancellationToken = default);

    ValueTask<INatsKVStore> UpdateStoreAsync(NatsKVConfig config, CancellationToken cancellationToken = default);

    ValueTask<INatsKVStore> CreateOrUpdateStoreAsync(NatsKVConfig config, CancellationToken cancellationToken = default);

    ValueTask<bool> DeleteStoreAsync(string bucket, CancellationToken cancellationToken = default);

    IAsyncEnumerable<string> GetBucketNamesAsync(CancellationToken cancellationToken = default);

    IAsyncEnumerable<NatsKVStatus> GetStatusesAsync(CancellationToken cancellationToken = default);
}
