using System.Globalization;
using NATS.Client.Core;
using NATS.Client.JetStream;

namespace NATS.Client.KeyValueStore;

/// <summary>What the headers of a bucket's message say.</summary>
internal static class KVMessage
{
    private const string OperationHeader = "KV-Operation";
    private const string MarkerHeader = "Nats-Marker-Reason";

    public static NatsHeaders Deletion(bool purge)
    {
        var headers = new NatsHeaders { [OperationHeader] = purge ? "PURGE" : "DEL" };
        if (purge)
            headers["Nats-Rollup"] = "sub";
        return headers;
    }

    public static NatsKVOperation Operation(NatsHeaders? headers)
    {
        if (headers is null)
            return NatsKVOperation.Put;
        if (headers.TryGetLastValue(OperationHeader, out var operation))
        {
            return operation switch
            {
                "DEL" => NatsKVOperation.Del,
                "PURGE" => NatsKVOperation.Purge,
                _ => NatsKVOperation.Put,
            };
        }

        // A server from 2.11 on leaves such a mark where a limit removed the last value.
        return headers.TryGetLastValue(MarkerHeader, out var reason)
            ? reason == "Remove" ? NatsKVOperation.Del : NatsKVOperation.Purge
            : NatsKVOperation.Put;
    }

    /// <summary>Revision and time of a message that was read directly.</summary>
    public static (ulong Revision, DateTimeOffset Created) Place(NatsHeaders? headers) =>
        headers is not null
        && headers.TryGetLastValue("Nats-Sequence", out var sequence)
        && ulong.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
        && headers.TryGetLastValue("Nats-Time-Stamp", out var time)
        && DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created)
            ? (revision, created)
            : throw new NatsJSException("The server's answer lacks sequence or time.");
}
