using System.Buffers;
using System.Globalization;
using System.Text;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace NATS.Client.KeyValueStore;

/// <summary>One bucket: writing and reading of keys. The other part watches.</summary>
internal sealed partial class NatsKVStore(INatsJSContext context, string bucket, INatsJSStream stream) : INatsKVStore
{
    // Two codes, since a cluster of 2.12 tells a concurrent write from a past one.
    private const int WrongLastSequence = 10071;
    private const int WrongLastSequenceConcurrent = 10164;
    private const int NotFound = 404;

    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/=.");

    private readonly string _prefix = $"$KV.{bucket}.";

    public INatsJSContext JetStreamContext => context;

    public string Bucket => bucket;

    private string StreamName => stream.Info.Config.Name!;

    public async ValueTask<ulong> PutAsync<T>(string key, T? value, INatsSerialize<T>? serializer = null, CancellationToken cancellationToken = default) =>
        ValueOf(await TryPutAsync(key, value, serializer, cancellationToken).ConfigureAwait(false));

    public async ValueTask<ulong> CreateAsync<T>(string key, T? value, INatsSerialize<T>? serializer = null, CancellationToken cancellationToken = default) =>
        ValueOf(await TryCreateAsync(key, value, serializer, cancellationToken).ConfigureAwait(false));

    public async ValueTask<ulong> UpdateAsync<T>(string key, T? value, ulong revision, INatsSerialize<T>? serializer = null, CancellationToken cancellationToken = default) =>
        ValueOf(await TryUpdateAsync(key, value, revision, serializer, cancellationToken).ConfigureAwait(false));

    public async ValueTask<NatsKVEntry<T>> GetEntryAsync<T>(string key, ulong revision = 0, INatsDeserialize<T>? serializer = null, CancellationToken cancellationToken = default) =>
        ValueOf(await TryGetEntryAsync(key, revision, serializer, cancellationToken).ConfigureAwait(false));

    public async ValueTask DeleteAsync(string key, NatsKVDeleteOpts? opts = null, CancellationToken cancellationToken = default) =>
        Ensure(await TryDeleteAsync(key, opts, cancellationToken).ConfigureAwait(false));

    public async ValueTask PurgeAsync(string key, NatsKVDeleteOpts? opts = null, CancellationToken cancellationToken = default) =>
        Ensure(await TryPurgeAsync(key, opts, cancellationToken).ConfigureAwait(false));

    public ValueTask<NatsResult<ulong>> TryPutAsync<T>(string key, T? value, INatsSerialize<T>? serializer = null, CancellationToken cancellationToken = default) =>
        WriteAsync(key, value, serializer, null, null, cancellationToken);

    public ValueTask<NatsResult<ulong>> TryUpdateAsync<T>(string key, T? value, ulong revision, INatsSerialize<T>? serializer = null, CancellationToken cancellationToken = default) =>
        WriteAsync(key, value, serializer, null, revision, cancellationToken);

    public async ValueTask<NatsResult<ulong>> TryCreateAsync<T>(string key, T? value, INatsSerialize<T>? serializer = null, CancellationToken cancellationToken = default)
    {
        var created = await TryUpdateAsync(key, value, 0, serializer, cancellationToken).ConfigureAwait(false);
        if (created.Success || created.Error is not NatsKVWrongLastRevisionException)
            return created;

        // Something is there: the mark of a deletion, perhaps, over which a key may be created again.
        var there = await TryGetEntryAsync<byte[]>(key, 0, NatsRawSerializer<byte[]>.Default, cancellationToken).ConfigureAwait(false);
        if (there.Success || there.Error is not NatsKVKeyDeletedException deleted)
            return new NatsKVCreateException();
        var recreated = await TryUpdateAsync(key, value, deleted.Revision, serializer, cancellationToken).ConfigureAwait(false);
        return recreated.Success || recreated.Error is not NatsKVWrongLastRevisionException ? recreated : new NatsKVCreateException();
    }

    public ValueTask<NatsResult> TryDeleteAsync(string key, NatsKVDeleteOpts? opts = null, CancellationToken cancellationToken = default) =>
        RemoveAsync(key, opts?.Purge ?? false, opts, cancellationToken);

    public ValueTask<NatsResult> TryPurgeAsync(string key, NatsKVDeleteOpts? opts = null, CancellationToken cancellationToken = default) =>
        RemoveAsync(key, true, opts, cancellationToken);

    public async ValueTask<NatsResult<NatsKVEntry<T>>> TryGetEntryAsync<T>(string key, ulong revision = 0, INatsDeserialize<T>? serializer = null, CancellationToken cancellationToken = default)
    {
        var subject = Subject(key);
        var request = revision == 0 ? new StreamMsgGetRequest { LastBySubj = subject } : new StreamMsgGetRequest { Seq = revision };
        try
        {
            return stream.Info.Config.AllowDirect
                ? await GetDirectAsync(key, request, serializer, cancellationToken).ConfigureAwait(false)
                : await GetFromLeaderAsync(key, request, serializer, cancellationToken).ConfigureAwait(false);
        }
        catch (NatsJSApiException e) when (e.Error.Code == NotFound)
        {
            return new NatsKVKeyNotFoundException();
        }
        catch (NatsException e)
        {
            return e;
        }
    }

    public async ValueTask<NatsKVStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        await stream.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return NatsKVContext.Status(bucket, stream.Info);
    }

    private async ValueTask<NatsResult<ulong>> WriteAsync<T>(string key, T? value, INatsSerialize<T>? serializer, NatsHeaders? headers, ulong? revision, CancellationToken cancellationToken)
    {
        var subject = Subject(key);
        var opts = revision is null ? NatsJSPubOpts.Default : new NatsJSPubOpts { ExpectedLastSubjectSequence = revision };
        var published = await context.TryPublishAsync(subject, value, serializer, opts, headers, cancellationToken).ConfigureAwait(false);
        if (!published.Success)
            return published.Error;
        return published.Value.Error switch
        {
            null => published.Value.Seq,
            { ErrCode: WrongLastSequence or WrongLastSequenceConcurrent } error => new NatsKVWrongLastRevisionException(error),
            var error => new NatsJSApiException(error),
        };
    }

    private async ValueTask<NatsResult> RemoveAsync(string key, bool purge, NatsKVDeleteOpts? opts, CancellationToken cancellationToken)
    {
        ulong? revision = opts is { Revision: > 0 } ? opts.Revision : null;
        var written = await WriteAsync<byte[]>(key, null, NatsRawSerializer<byte[]>.Default, KVMessage.Deletion(purge), revision, cancellationToken).ConfigureAwait(false);
        if (written.Success)
            return default;
        return written.Error;
    }

    private async ValueTask<NatsResult<NatsKVEntry<T>>> GetDirectAsync<T>(string key, StreamMsgGetRequest request, INatsDeserialize<T>? serializer, CancellationToken cancellationToken)
    {
        var msg = await stream.GetDirectAsync(request, serializer, cancellationToken).ConfigureAwait(false);
        if (msg.Headers is { Code: NotFound })
            return new NatsKVKeyNotFoundException();
        if (msg.Headers is { Code: not 0 } status)
            return new NatsKVException($"The server answered {status.Code} {status.MessageText}.");

        var (revision, created) = KVMessage.Place(msg.Headers);
        msg.Headers!.TryGetLastValue("Nats-Subject", out var subject);
        var entry = new NatsKVEntry<T>(bucket, key) { Value = msg.Data, Revision = revision, Created = created, Operation = KVMessage.Operation(msg.Headers), Error = msg.Error };
        return Judge(entry, subject);
    }

    private async ValueTask<NatsResult<NatsKVEntry<T>>> GetFromLeaderAsync<T>(string key, StreamMsgGetRequest request, INatsDeserialize<T>? serializer, CancellationToken cancellationToken)
    {
        var stored = (await stream.GetAsync(request, cancellationToken).ConfigureAwait(false)).Message;
        serializer ??= context.Connection.Opts.SerializerRegistry.GetDeserializer<T>();
        var entry = new NatsKVEntry<T>(bucket, key)
        {
            Value = stored.Data.IsEmpty ? default : serializer.Deserialize(new ReadOnlySequence<byte>(stored.Data)),
            Revision = stored.Seq,
            Created = DateTimeOffset.Parse(stored.Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            Operation = KVMessage.Operation(Headers(stored.Hdrs)),
        };
        return Judge(entry, stored.Subject);
    }

    // A revision counts over the whole bucket: it may be another key's.
    private NatsResult<NatsKVEntry<T>> Judge<T>(in NatsKVEntry<T> entry, string? subject)
    {
        if (subject != Subject(entry.Key))
            return new NatsKVKeyNotFoundException();
        return entry.Operation == NatsKVOperation.Put ? entry : new NatsKVKeyDeletedException(entry.Revision);
    }

    private static NatsHeaders? Headers(string? base64)
    {
        if (string.IsNullOrEmpty(base64))
            return null;
        var headers = new NatsHeaders();
        foreach (var line in Encoding.UTF8.GetString(Convert.FromBase64String(base64)).Split("\r\n"))
        {
            if (line.Split(':', 2) is [var name, var value])
                headers[name] = value.Trim();
        }

        return headers;
    }

    private string Subject(string key)
    {
        if (string.IsNullOrEmpty(key) || key[0] == '.' || key[^1] == '.' || key.AsSpan().ContainsAnyExcept(KeyCharacters))
            throw new NatsKVException($"'{key}' is no key: letters, digits, and - _ / = . within are.");
        return _prefix + key;
    }

    private static TValue ValueOf<TValue>(NatsResult<TValue> result) => result.Success ? result.Value : throw result.Error;

    private static void Ensure(NatsResult result)
    {
        if (!result.Success)
            throw result.Error;
    }
}
