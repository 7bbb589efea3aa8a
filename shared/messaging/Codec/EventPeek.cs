using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Codec;

/// <summary>Which body an event has, without decoding it: for who reads many and wants few.</summary>
public static class EventPeek
{
    /// <summary>Whether it is about how a network target's round trips are.</summary>
    public static bool IsLatencyStatistics(ReadOnlySpan<byte> bytes) => BodyOf(bytes) == V1.Event.LatencyStatisticsFieldNumber;

    /// <summary>Whether it is about a stretch in which a metric is unlike itself.</summary>
    public static bool IsAnomaly(ReadOnlySpan<byte> bytes) => BodyOf(bytes) == V1.Event.AnomalyFieldNumber;

    /// <summary>Number of the first field that is a message and none of the head's; 0 when there is none, or the bytes are no protobuf.</summary>
    internal static int BodyOf(ReadOnlySpan<byte> bytes)
    {
        while (TryReadVarint(ref bytes, out var tag))
        {
            var (field, wire) = ((int)(tag >> 3), (int)(tag & 7));
            if (wire == 2 && field > V1.Event.MadeByFieldNumber)
                return field;
            if (!TrySkip(ref bytes, wire))
                return 0;
        }

        return 0;
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> bytes, int wire)
    {
        ulong length = wire switch
        {
            0 => TryReadVarint(ref bytes, out _) ? 0UL : ulong.MaxValue,
            1 => sizeof(ulong),
            2 => TryReadVarint(ref bytes, out var told) ? told : ulong.MaxValue,
            5 => sizeof(uint),
            _ => ulong.MaxValue,
        };
        if (length > (ulong)bytes.Length)
            return false;
        bytes = bytes[(int)length..];
        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < bytes.Length && i < 10; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if ((bytes[i] & 0x80) != 0)
                continue;
            bytes = bytes[(i + 1)..];
            return true;
        }

        return false;
    }
}
