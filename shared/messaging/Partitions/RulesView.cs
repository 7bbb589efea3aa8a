using System.Collections.Immutable;
using NATS.Client.Core;
using NATS.Client.KeyValueStore;
using SignalStream.Messaging.Logs;

namespace SignalStream.Messaging.Partitions;

/// <summary>The bucket <c>rules</c> as this replica sees it: what the owners of partitions copy into their logs.</summary>
internal sealed class RulesView(INatsConnection connection, Capability capability)
{
    private ImmutableDictionary<string, SettingRecord> _rules = ImmutableDictionary<string, SettingRecord>.Empty;
    private long _version;
    private volatile bool _isLoaded;

    /// <summary>What concerns the capability, by key; removed ones are empty. Null until all that there is has been read.</summary>
    public IReadOnlyDictionary<string, SettingRecord>? Rules => _isLoaded ? Volatile.Read(ref _rules) : null;

    /// <summary>Rises with each change.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>Follows the bucket until cancelled; throws when the server cannot be asked.</summary>
    /// <param name="changed">Told when something may have changed.</param>
    /// <param name="refused">Told the key and the rule of a value that cannot be a setting.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WatchAsync(Action changed, Action<string> refused, CancellationToken cancellationToken)
    {
        var store = await StoreAsync(cancellationToken);
        var read = ImmutableDictionary<string, SettingRecord>.Empty;
        var hasAll = false;
        var options = new NatsKVWatchOpts { OnNoData = Loaded };
        await foreach (var entry in store.WatchAsync<byte[]>(opts: options, cancellationToken: cancellationToken))
        {
            if (!SettingKey.TryParse(entry.Key, out var name, out _) || !capability.Follows(name))
                continue;
            if (entry.Value?.Length > SettingsTable.MostValueBytes)
            {
                refused($"The setting {entry.Key} has {entry.Value.Length} bytes: the most is {SettingsTable.MostValueBytes}.");
                continue;
            }

            var value = entry.Operation == NatsKVOperation.Put ? entry.Value : null;
            read = read.SetItem(entry.Key, new SettingRecord(entry.Key, value ?? default(ReadOnlyMemory<byte>), entry.Revision, EventTime.Of(entry.Created)));
            if (hasAll)
                Publish();
        }

        void Publish()
        {
            Volatile.Write(ref _rules, read);
            _isLoaded = true;
            Interlocked.Increment(ref _version);
            changed();
        }

        ValueTask<bool> Loaded(CancellationToken stop)
        {
            hasAll = true;
            Publish();
            return new ValueTask<bool>(false);
        }
    }

    /// <summary>Whether the bucket has no such key: asked anew, since what is not there is not told.</summary>
    public async Task<bool> IsAbsentAsync(string key, CancellationToken cancellationToken)
    {
        var found = await (await StoreAsync(cancellationToken)).TryGetEntryAsync<byte[]>(key, cancellationToken: cancellationToken);
        if (found.Success || found.Error is NatsKVKeyDeletedException)
            return false;
        return found.Error is NatsKVKeyNotFoundException ? true : throw found.Error;
    }

    private async Task<INatsKVStore> StoreAsync(CancellationToken cancellationToken) =>
        await new NatsKVContext(EngineContext.Of(connection)).GetStoreAsync(LogDefinitions.RulesBucket, cancellationToken);
}
