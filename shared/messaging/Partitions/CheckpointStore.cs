using Google.Protobuf;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.KeyValueStore;
using SignalStream.Messaging.Logs;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>A checkpoint with the revision that a comparison needs; revision 0: there is none yet.</summary>
internal readonly record struct StoredCheckpoint(V1.Checkpoint Checkpoint, ulong Revision);

/// <summary>Checkpoints of a capability's partitions, written by compare-and-set: who fails a comparison is no longer the owner.</summary>
internal sealed class CheckpointStore(INatsConnection connection, Capability capability)
{
    private INatsKVStore? _store;

    /// <summary>The partition's checkpoint; an empty one of revision 0 when there is none or it cannot be read.</summary>
    public async Task<StoredCheckpoint> LoadAsync(int partition, CancellationToken cancellationToken)
    {
        var store = await StoreAsync(cancellationToken);
        var found = await store.TryGetEntryAsync<byte[]>(Key(partition), cancellationToken: cancellationToken);
        if (found.Success)
            return new StoredCheckpoint(Parse(found.Value.Value), found.Value.Revision);
        return found.Error switch
        {
            NatsKVKeyNotFoundException => default(StoredCheckpoint) with { Checkpoint = new V1.Checkpoint() },
            NatsKVKeyDeletedException deleted => new StoredCheckpoint(new V1.Checkpoint(), deleted.Revision),
            _ => throw found.Error,
        };
    }

    /// <summary>Writes it over the revision that is known.</summary>
    /// <returns>The new revision; 0 when somebody else was faster.</returns>
    public async Task<ulong> TrySaveAsync(int partition, V1.Checkpoint checkpoint, ulong revision, CancellationToken cancellationToken)
    {
        var store = await StoreAsync(cancellationToken);
        var bytes = checkpoint.ToByteArray();
        var saved = revision == 0
            ? await store.TryCreateAsync(Key(partition), bytes, cancellationToken: cancellationToken)
            : await store.TryUpdateAsync(Key(partition), bytes, revision, cancellationToken: cancellationToken);
        if (saved.Success)
            return saved.Value;
        return saved.Error is NatsKVWrongLastRevisionException or NatsKVCreateException ? 0UL : throw saved.Error;
    }

    private string Key(int partition) => $"{capability.Service}.{capability.Name}.{partition}";

    private static V1.Checkpoint Parse(byte[]? bytes)
    {
        try
        {
            return bytes is null ? new V1.Checkpoint() : V1.Checkpoint.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            // Nobody's: the partition starts afresh, and the outputs that are in the log are adopted.
            return new V1.Checkpoint();
        }
    }

    private async ValueTask<INatsKVStore> StoreAsync(CancellationToken cancellationToken) =>
        _store ??= await new NatsKVContext(new NatsJSContext(connection)).GetStoreAsync(LogDefinitions.StateBucket, cancellationToken);
}
