using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.KeyValueStore;
using SignalStream.Contracts;
using SignalStream.Messaging.Logs;

namespace SignalStream.Messaging.Settings;

/// <summary>The bucket <c>rules</c>, as who edits it sees it: one stream's settings, and those of all streams that have none of their own.</summary>
/// <remarks>It is not from here that processors take them: a partition's owner copies them into the partition's log.</remarks>
public sealed class SettingsStore(INatsConnection connection)
{
    private INatsKVStore? _store;

    /// <summary>Key of a setting.</summary>
    /// <param name="name">Its first word, such as <c>heart</c>.</param>
    /// <param name="stream">Whose; null for all that have none of their own.</param>
    public static string KeyOf(string name, StreamId? stream) => stream is { } own ? $"{name}.{own.Kind}.{own.Id}" : $"{name}.default";

    /// <summary>What stands there; null when nothing does.</summary>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task<byte[]?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var found = await (await StoreAsync(cancellationToken)).TryGetEntryAsync<byte[]>(key, cancellationToken: cancellationToken);
        if (found.Success)
            return found.Value.Value;
        return found.Error is NatsKVKeyNotFoundException or NatsKVKeyDeletedException ? null : throw found.Error;
    }

    /// <summary>The items of a list by what stands behind its name: of <c>rule</c> the keys <c>rule.ID</c>.</summary>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task<SortedDictionary<string, byte[]>> ListAsync(string list, CancellationToken cancellationToken)
    {
        var items = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var store = await StoreAsync(cancellationToken);
        // Of none nothing comes, not even an end.
        var opts = new NatsKVWatchOpts { OnNoData = _ => ValueTask.FromResult(true) };
        await foreach (var entry in store.WatchAsync<byte[]>($"{list}.*", opts: opts, cancellationToken: cancellationToken))
        {
            if (entry is { Operation: NatsKVOperation.Put, Value: { } value })
                items[entry.Key[(list.Length + 1)..]] = value;
            if (entry.Delta == 0)
                break;
        }

        return items;
    }

    /// <summary>Sets it.</summary>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task PutAsync(string key, byte[] value, CancellationToken cancellationToken) =>
        await (await StoreAsync(cancellationToken)).PutAsync(key, value, cancellationToken: cancellationToken);

    /// <summary>Removes it; what is not there stays so.</summary>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task RemoveAsync(string key, CancellationToken cancellationToken)
    {
        if (await FindAsync(key, cancellationToken) is not null)
            await (await StoreAsync(cancellationToken)).DeleteAsync(key, cancellationToken: cancellationToken);
    }

    // Several may find it missing at once: each gets a store of its own, and the last one stays.
    private async ValueTask<INatsKVStore> StoreAsync(CancellationToken cancellationToken) =>
        _store ??= await new NatsKVContext(new NatsJSContext(connection)).GetStoreAsync(LogDefinitions.RulesBucket, cancellationToken);
}
