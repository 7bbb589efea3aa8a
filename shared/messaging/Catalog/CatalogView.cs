using System.Collections.Concurrent;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.KeyValueStore;
using SignalStream.Contracts;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Messaging.Catalog;

/// <summary>The catalog as a reader sees it: every stream with its life, kept up to date.</summary>
/// <remarks>
/// A stream that says it is live is silent when its producer's lease has not been renewed for three intervals. How long
/// that is, is measured by our own clock from the moment the renewal reached us, so that clocks need not agree.
/// </remarks>
public sealed class CatalogView(INatsConnection connection, TimeProvider time)
{
    private const int MissedRenewals = 3;

    private readonly ConcurrentDictionary<StreamId, CatalogEntry> _entries = new();
    private readonly ConcurrentDictionary<string, SeenLease> _leases = new();
    private readonly ConcurrentDictionary<StreamId, Life> _told = new();
    private volatile bool _isLoaded;
    private long _watchingSince;

    private sealed record SeenLease(long SeenAt, long RenewedNs, TimeSpan Interval);

    /// <summary>Raised with a stream that is new, or of which something has changed.</summary>
    public event Action<CatalogEntry>? Changed;

    /// <summary>Raised with the key of an entry that cannot be read.</summary>
    public event Action<string>? Rejected;

    /// <summary>Whether all that was in the catalog when watching began has been read.</summary>
    public bool IsLoaded => _isLoaded;

    /// <summary>Every stream, by name.</summary>
    public IReadOnlyList<CatalogEntry> Snapshot() =>
        [.. _entries.Values.Select(WithLife).OrderBy(e => e.Stream.Kind, StringComparer.Ordinal).ThenBy(e => e.Stream.Id, StringComparer.Ordinal)];

    /// <summary>One stream.</summary>
    public CatalogEntry? Find(StreamId stream) => _entries.TryGetValue(stream, out var entry) ? WithLife(entry) : null;

    /// <summary>Follows the catalog until cancelled; throws when the server cannot be asked.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        _watchingSince = time.GetTimestamp();
        var store = await new NatsKVContext(new NatsJSContext(connection))
            .GetStoreAsync(LogDefinitions.CatalogBucket, cancellationToken);
        var options = new NatsKVWatchOpts { OnNoData = NoteLoaded };
        await foreach (var entry in store.WatchAsync<byte[]>(opts: options, cancellationToken: cancellationToken))
            Apply(entry);
    }

    /// <summary>Tells of streams whose producer has fallen silent or come back; to be called about once a second.</summary>
    public void CheckLeases()
    {
        foreach (var entry in _entries.Values)
        {
            var now = WithLife(entry);
            if (_told.TryGetValue(entry.Stream, out var told) && told != now.Life)
                Tell(now);
        }
    }

    private ValueTask<bool> NoteLoaded(CancellationToken cancellationToken)
    {
        _isLoaded = true;
        return new ValueTask<bool>(false);
    }

    private void Apply(NatsKVEntry<byte[]> entry)
    {
        var gone = entry.Operation != NatsKVOperation.Put;
        if (CatalogKeys.IsLease(entry.Key))
            ApplyLease(entry, gone);
        else if (gone)
            Forget(entry.Key);
        else if (CatalogKeys.IsStream(entry.Key) && CatalogCodec.TryDecodeEntry(entry.Value, out var stream))
            Tell(WithLife(_entries[stream!.Stream] = stream));
        else
            Rejected?.Invoke(entry.Key);
    }

    private void ApplyLease(NatsKVEntry<byte[]> entry, bool gone)
    {
        var instance = CatalogKeys.InstanceOf(entry.Key);
        if (gone)
            _leases.TryRemove(instance, out _);
        else if (CatalogCodec.TryDecodeLease(entry.Value, out var lease))
            _leases[instance] = new SeenLease(time.GetTimestamp(), lease!.RenewedNs, lease.Interval);
        else
            Rejected?.Invoke(entry.Key);
    }

    private void Forget(string key)
    {
        foreach (var stream in _entries.Keys.Where(stream => CatalogKeys.Of(stream) == key))
        {
            if (_entries.TryRemove(stream, out var entry))
                Tell(entry with { Life = Life.Ended, LifeSinceNs = EventTime.Of(time.GetUtcNow()) });
            _told.TryRemove(stream, out _);
        }
    }

    private void Tell(CatalogEntry entry)
    {
        _told[entry.Stream] = entry.Life;
        Changed?.Invoke(entry);
    }

    private CatalogEntry WithLife(CatalogEntry entry)
    {
        if (entry.Life != Life.Live)
            return entry;
        var lease = _leases.GetValueOrDefault(entry.Producer);
        var patience = (lease?.Interval ?? CatalogWriter.LeaseInterval) * MissedRenewals;
        if (time.GetElapsedTime(lease?.SeenAt ?? _watchingSince) <= patience)
            return entry;
        return entry with { Life = Life.Silent, LifeSinceNs = lease?.RenewedNs ?? entry.LifeSinceNs };
    }
}
