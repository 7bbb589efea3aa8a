using System.Globalization;
using System.Text;
using NATS.Client.Core;
using NATS.Client.KeyValueStore;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Messaging.Logs;

/// <summary>How far a log has been worked on, kept in the bucket <c>state</c>: whoever goes on begins behind it.</summary>
/// <remarks>Moved by compare-and-set: who is overtaken learns of it. The first one begins at the log's end.</remarks>
public sealed class LogBookmark(INatsConnection connection, SignalType type, string key)
{
    private readonly LogLookup _log = new(connection, LogDefinitions.NameOf(type));
    private ulong _revision;

    /// <summary>Reads it.</summary>
    /// <returns>Everything up to this sequence has been worked on.</returns>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task<ulong> OpenAsync(CancellationToken cancellationToken)
    {
        var ends = await _log.EndsAsync(cancellationToken);
        var store = await StoreAsync(cancellationToken);
        var found = await store.TryGetEntryAsync<byte[]>(key, cancellationToken: cancellationToken);
        if (!found.Success)
        {
            _revision = found.Error switch
            {
                NatsKVKeyDeletedException deleted => deleted.Revision,
                NatsKVKeyNotFoundException => 0UL,
                _ => throw found.Error,
            };
            await TryMoveAsync(ends.Last, cancellationToken);
            return ends.Last;
        }

        _revision = found.Value.Revision;
        var isRead = ulong.TryParse(Encoding.ASCII.GetString(found.Value.Value ?? []), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence);

        // Beyond the log's end: it was made anew, and all that is in it is new.
        return isRead && sequence <= ends.Last ? sequence : 0;
    }

    /// <summary>Moves it.</summary>
    /// <returns>False when somebody else has moved it.</returns>
    /// <exception cref="NatsException">The server cannot be asked.</exception>
    public async Task<bool> TryMoveAsync(ulong sequence, CancellationToken cancellationToken)
    {
        var store = await StoreAsync(cancellationToken);
        var bytes = Encoding.ASCII.GetBytes(sequence.ToString(CultureInfo.InvariantCulture));
        var moved = _revision == 0
            ? await store.TryCreateAsync(key, bytes, cancellationToken: cancellationToken)
            : await store.TryUpdateAsync(key, bytes, _revision, cancellationToken: cancellationToken);
        if (moved.Success)
            _revision = moved.Value;
        else if (moved.Error is not (NatsKVWrongLastRevisionException or NatsKVCreateException))
            throw moved.Error;
        return moved.Success;
    }

    private async ValueTask<INatsKVStore> StoreAsync(CancellationToken cancellationToken) =>
        await new NatsKVContext(EngineContext.Of(connection)).GetStoreAsync(LogDefinitions.StateBucket, cancellationToken);
}
