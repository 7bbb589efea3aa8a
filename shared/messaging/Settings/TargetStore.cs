using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.KeyValueStore;
using SignalStream.Messaging.Logs;

namespace SignalStream.Messaging.Settings;

/// <summary>The bucket <c>targets</c>, as who edits it sees it. Keys are ids: the target <c>game</c> is the stream <c>net.game</c>.</summary>
public sealed class TargetStore(INatsConnection connection)
{
    private INatsKVStore? _store;

    /// <summary>The targets by id; what breaks a rule is left out, as the producers do.</summary>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task<SortedDictionary<string, TargetDefinition>> ListAsync(CancellationToken cancellationToken)
    {
        var targets = new SortedDictionary<string, TargetDefinition>(StringComparer.Ordinal);
        var store = await StoreAsync(cancellationToken);
        // Of an empty bucket nothing comes, not even an end.
        var opts = new NatsKVWatchOpts { OnNoData = _ => ValueTask.FromResult(true) };
        await foreach (var entry in store.WatchAsync<byte[]>(opts: opts, cancellationToken: cancellationToken))
        {
            if (entry.Operation == NatsKVOperation.Put && TargetDefinition.TryParse(entry.Value, out var target, out _))
                targets[entry.Key] = target;
            if (entry.Delta == 0)
                break;
        }

        return targets;
    }

    /// <summary>One of them; null when it is not there or breaks a rule.</summary>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task<TargetDefinition?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var found = await (await StoreAsync(cancellationToken)).TryGetEntryAsync<byte[]>(id, cancellationToken: cancellationToken);
        if (!found.Success)
            return found.Error is NatsKVKeyNotFoundException or NatsKVKeyDeletedException ? null : throw found.Error;
        return TargetDefinition.TryParse(found.Value.Value, out var target, out _) ? target : null;
    }

    /// <summary>Sets it: producers begin with it, or go on with it as it is now.</summary>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task PutAsync(string id, TargetDefinition target, CancellationToken cancellationToken) =>
        await (await StoreAsync(cancellationToken)).PutAsync(id, target.ToJson(), cancellationToken: cancellationToken);

    /// <summary>Removes it; what is not there stays so.</summary>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken) =>
        await (await StoreAsync(cancellationToken)).DeleteAsync(id, cancellationToken: cancellationToken);

    // Several may find it missing at once: each gets a store of its own, and the last one stays.
    private async ValueTask<INatsKVStore> StoreAsync(CancellationToken cancellationToken) =>
        _store ??= await new NatsKVContext(new NatsJSContext(connection)).GetStoreAsync(LogDefinitions.TargetsBucket, cancellationToken);
}
