using System.Runtime.CompilerServices;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Consuming;
using NATS.Client.JetStream.Models;

namespace NATS.Client.KeyValueStore;

/// <summary>Watching is an ordered consumer: it survives whatever that one survives, and tells each change once.</summary>
internal sealed partial class NatsKVStore
{
    private const int Heartbeats = 3;

    public IAsyncEnumerable<NatsKVEntry<T>> WatchAsync<T>(INatsDeserialize<T>? serializer = null, NatsKVWatchOpts? opts = null, CancellationToken cancellationToken = default) =>
        WatchAsync(">", serializer, opts, cancellationToken);

    public IAsyncEnumerable<NatsKVEntry<T>> WatchAsync<T>(string key, INatsDeserialize<T>? serializer = null, NatsKVWatchOpts? opts = null, CancellationToken cancellationToken = default) =>
        WatchAsync([key], serializer, opts, cancellationToken);

    public async IAsyncEnumerable<NatsKVEntry<T>> WatchAsync<T>(IEnumerable<string> keys, INatsDeserialize<T>? serializer = null, NatsKVWatchOpts? opts = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        opts ??= NatsKVWatchOpts.Default;
        var consumer = await NatsJSOrderedConsumer.CreateAsync((NatsJSContext)context, StreamName, Start(keys, opts), cancellationToken).ConfigureAwait(false);
        var pull = new NatsJSConsumeOpts { IdleHeartbeat = opts.IdleHeartbeat, Expires = PullSettings.Allowed(opts.IdleHeartbeat * Heartbeats) };
        var changes = consumer.ReadAsync(serializer, pull, marksCatchUp: opts.OnNoData is not null, cancellationToken);
        await foreach (var change in changes.ConfigureAwait(false))
        {
            if (change is not null)
            {
                var entry = Entry(change);
                if (entry.Operation == NatsKVOperation.Put || !opts.IgnoreDeletes)
                    yield return entry;
            }
            else if (await opts.OnNoData!(cancellationToken).ConfigureAwait(false))
            {
                yield break;
            }
        }

        // Unlike a consumer's reading, a watch that is cancelled throws in the package.
        cancellationToken.ThrowIfCancellationRequested();
    }

    public IAsyncEnumerable<NatsKVEntry<T>> HistoryAsync<T>(string key, INatsDeserialize<T>? serializer = null, NatsKVWatchOpts? opts = null, CancellationToken cancellationToken = default)
    {
        var history = (opts ?? NatsKVWatchOpts.Default) with { IncludeHistory = true, UpdatesOnly = false, OnNoData = Stop };
        return WatchAsync(key, serializer, history, cancellationToken);
    }

    public IAsyncEnumerable<string> GetKeysAsync(NatsKVWatchOpts? opts = null, CancellationToken cancellationToken = default) =>
        GetKeysAsync([">"], opts, cancellationToken);

    public async IAsyncEnumerable<string> GetKeysAsync(IEnumerable<string> filters, NatsKVWatchOpts? opts = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var keys = (opts ?? NatsKVWatchOpts.Default) with { IgnoreDeletes = true, MetaOnly = true, IncludeHistory = false, UpdatesOnly = false, OnNoData = Stop };
        await foreach (var entry in WatchAsync(filters, NatsRawSerializer<byte[]>.Default, keys, cancellationToken).ConfigureAwait(false))
            yield return entry.Key;
    }

    private static ValueTask<bool> Stop(CancellationToken cancellationToken) => new(true);

    private NatsJSOrderedConsumerOpts Start(IEnumerable<string> keys, NatsKVWatchOpts opts) => new()
    {
        FilterSubjects = [.. keys.Select(key => _prefix + key)],
        HeadersOnly = opts.MetaOnly,
        OptStartSeq = opts.ResumeAtRevision,
        DeliverPolicy = opts switch
        {
            { ResumeAtRevision: > 0 } => ConsumerConfigDeliverPolicy.ByStartSequence,
            { UpdatesOnly: true } => ConsumerConfigDeliverPolicy.New,
            { IncludeHistory: true } => ConsumerConfigDeliverPolicy.All,
            _ => ConsumerConfigDeliverPolicy.LastPerSubject,
        },
    };

    private NatsKVEntry<T> Entry<T>(NatsJSMsg<T> change)
    {
        var metadata = change.Metadata!.Value;
        return new NatsKVEntry<T>(bucket, change.Subject[_prefix.Length..])
        {
            Value = change.Data,
            Revision = metadata.Sequence.Stream,
            Delta = metadata.NumPending,
            Created = metadata.Timestamp,
            Operation = KVMessage.Operation(change.Headers),
            Error = change.Error,
        };
    }
}
