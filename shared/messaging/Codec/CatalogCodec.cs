using Google.Protobuf;
using SignalStream.Contracts;
using SignalStream.Messaging.Catalog;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Codec;

/// <summary>Catalog entries and leases to protobuf and back.</summary>
internal static class CatalogCodec
{
    public static byte[] Encode(CatalogEntry entry)
    {
        var message = new V1.CatalogEntry
        {
            Stream = entry.Stream.ToString(),
            Label = entry.Label,
            Unit = entry.Unit,
            RateHz = (float)entry.RateHz,
            Source = entry.Source,
            Region = entry.Region,
            Simulated = entry.Simulated,
            Speed = (float)entry.Speed,
            Epoch = entry.Epoch,
            EpochStartNs = entry.EpochStartNs,
            Life = (V1.Life)entry.Life,
            LifeSinceNs = entry.LifeSinceNs,
            Producer = entry.Producer,
        };
        foreach (var channel in entry.Channels)
        {
            message.Channels.Add(new V1.Channel
            {
                Name = channel.Name,
                Minimum = (float)channel.Minimum,
                Maximum = (float)channel.Maximum,
            });
        }

        return message.ToByteArray();
    }

    public static bool TryDecodeEntry(byte[]? bytes, out CatalogEntry? entry)
    {
        entry = null;
        if (!TryParse(V1.CatalogEntry.Parser, bytes, out var message) || !StreamId.TryParse(message!.Stream, out var stream))
            return false;
        entry = new CatalogEntry(stream, message.Label, message.Unit, message.RateHz)
        {
            Channels = [.. message.Channels.Select(c => new CatalogChannel(c.Name, c.Minimum, c.Maximum))],
            Source = message.Source,
            Region = message.Region,
            Simulated = message.Simulated,
            Speed = message.Speed,
            Epoch = message.Epoch,
            EpochStartNs = message.EpochStartNs,
            Life = Enum.IsDefined((Life)message.Life) ? (Life)message.Life : Life.Unknown,
            LifeSinceNs = message.LifeSinceNs,
            Producer = message.Producer,
        };
        return true;
    }

    public static byte[] Encode(ProducerLease lease) => new V1.ProducerLease
    {
        Instance = lease.Instance,
        RenewedNs = lease.RenewedNs,
        IntervalSeconds = (float)lease.Interval.TotalSeconds,
    }.ToByteArray();

    public static bool TryDecodeLease(byte[]? bytes, out ProducerLease? lease)
    {
        lease = null;
        if (!TryParse(V1.ProducerLease.Parser, bytes, out var message) || !(message!.IntervalSeconds is > 0 and < 3600))
            return false;
        lease = new ProducerLease(message.Instance, message.RenewedNs, TimeSpan.FromSeconds(message.IntervalSeconds));
        return true;
    }

    internal static bool TryParse<T>(MessageParser<T> parser, byte[]? bytes, out T? message)
        where T : class, IMessage<T>
    {
        message = null;
        try
        {
            message = bytes is null ? null : parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            // Told apart from absence by the caller, who knows the key and counts it.
        }

        return message is not null;
    }
}
