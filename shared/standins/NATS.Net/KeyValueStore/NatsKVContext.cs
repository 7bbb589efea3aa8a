using System.Buffers;
using System.Runtime.CompilerServices;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace NATS.Client.KeyValueStore;

/// <summary>Buckets, each of them a stream as NATS has agreed for all clients (ADR-8).</summary>
public class NatsKVContext : INatsKVContext
{
    private const string StreamPrefix = "KV_";
    private const int MaxHistory = 64;

    // Retries of a write are recognised for so long, as with the other clients.
    private static readonly TimeSpan DuplicateWindow = TimeSpan.FromMinutes(2);

    private static readonly SearchValues<char> BucketCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    public NatsKVContext(INatsJSContext context)
        : this(context, NatsKVOpts.Default)
    {
    }

    public NatsKVContext(INatsJSContext context, NatsKVOpts opts) => (JetStreamContext, Opts) = (context, opts);

    public INatsJSContext JetStreamContext { get; }

    public NatsKVOpts Opts { get; }

    public ValueTask<INatsKVStore> CreateStoreAsync(string bucket, CancellationToken cancellationToken = default) =>
        CreateStoreAsync(new NatsKVConfig(bucket), cancellationToken);

    public async ValueTask<INatsKVStore> CreateStoreAsync(NatsKVConfig config, CancellationToken cancellationToken = default) =>
        Store(config.Bucket, await JetStreamContext.CreateStreamAsync(ToStream(config), cancellationToken).ConfigureAwait(false));

    public async ValueTask<INatsKVStore> UpdateStoreAsync(NatsKVConfig config, CancellationToken cancellationToken = default) =>
        Store(config.Bucket, await JetStreamContext.UpdateStreamAsync(ToStream(config), cancellationToken).ConfigureAwait(false));

    public async ValueTask<INatsKVStore> CreateOrUpdateStoreAsync(NatsKVConfig config, CancellationToken cancellationToken = default) =>
        Store(config.Bucket, await JetStreamContext.CreateOrUpdateStreamAsync(ToStream(config), cancellationToken).ConfigureAwait(false));

    public async ValueTask<INatsKVStore> GetStoreAsync(string bucket, CancellationToken cancellationToken = default)
    {
        var stream = await JetStreamContext.GetStreamAsync(StreamName(bucket), cancellationToken: cancellationToken).ConfigureAwait(false);
        return stream.Info.Config.MaxMsgsPerSubject > 0
            ? Store(bucket, stream)
            : throw new NatsKVException($"Stream {StreamName(bucket)} is no bucket: it does not limit the messages of a subject.");
    }

    public ValueTask<bool> DeleteStoreAsync(string bucket, CancellationToken cancellationToken = default) =>
        JetStreamContext.DeleteStreamAsync(StreamName(bucket), cancellationToken);

    public async IAsyncEnumerable<string> GetBucketNamesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var name in JetStreamContext.ListStreamNamesAsync("$KV.>", cancellationToken).ConfigureAwait(false))
        {
            if (name.StartsWith(StreamPrefix, StringComparison.Ordinal))
                yield return name[StreamPrefix.Length..];
        }
    }

    public async IAsyncEnumerable<NatsKVStatus> GetStatusesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var stream in JetStreamContext.ListStreamsAsync("$KV.>", cancellationToken).ConfigureAwait(false))
        {
            if (stream.Info.Config.Name is { } name && name.StartsWith(StreamPrefix, StringComparison.Ordinal))
                yield return Status(name[StreamPrefix.Length..], stream.Info);
        }
    }

    internal static NatsKVStatus Status(string bucket, StreamInfo info) =>
        new(bucket, info.Config.Compression != StreamConfigCompression.None, info.Config.SubjectDeleteMarkerTTL, info);

    private NatsKVStore Store(string bucket, INatsJSStream stream) => new(JetStreamContext, bucket, stream);

    private static string StreamName(string bucket) =>
        string.IsNullOrEmpty(bucket) || bucket.AsSpan().ContainsAnyExcept(BucketCharacters)
            ? throw new NatsKVException($"'{bucket}' is no name of a bucket: letters, digits, _ and - are.")
            : StreamPrefix + bucket;

    private static StreamConfig ToStream(NatsKVConfig config)
    {
        if (config.History is < 0 or > MaxHistory)
            throw new NatsKVException($"History is {config.History}; it must be within 1 and {MaxHistory}.");
        return new StreamConfig
        {
            Name = StreamName(config.Bucket),
            Description = config.Description,
            Subjects = [$"$KV.{config.Bucket}.>"],
            MaxMsgsPerSubject = Math.Max(1, config.History),
            MaxMsgs = -1,
            MaxBytes = config.MaxBytes > 0 ? config.MaxBytes : -1,
            MaxMsgSize = config.MaxValueSize > 0 ? config.MaxValueSize : -1,
            MaxAge = config.MaxAge,
            DuplicateWindow = config.MaxAge > TimeSpan.Zero && config.MaxAge < DuplicateWindow ? config.MaxAge : DuplicateWindow,
            Storage = config.Storage == NatsKVStorageType.File ? StreamConfigStorage.File : StreamConfigStorage.Memory,
            Compression = config.Compression ? StreamConfigCompression.S2 : StreamConfigCompression.None,
            Retention = StreamConfigRetention.Limits,
            Discard = StreamConfigDiscard.New,
            NumReplicas = Math.Max(1, config.NumberOfReplicas),
            Placement = config.Placement,
            Metadata = config.Metadata,
            AllowRollupHdrs = true,
            AllowDirect = true,
            DenyDelete = true,
        };
    }
}
