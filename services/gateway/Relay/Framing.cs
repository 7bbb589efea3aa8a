using System.Buffers.Binary;
using System.Text;

namespace SignalStream.Gateway.Relay;

/// <summary>WebSocket messages as a server sends them: whole and unmasked (RFC 6455, section 5.2).</summary>
internal static class Framing
{
    public const byte Text = 1;
    public const byte Binary = 2;
    public const byte Close = 8;
    public const byte Pong = 10;

    /// <summary>With an opcode: the message is compressed (RFC 7692, section 6).</summary>
    public const byte Compressed = 0x40;

    /// <summary>Longest head of a message.</summary>
    public const int MostHead = 10;

    private const byte PingOpcode = 9;
    private const byte Final = 0x80;

    public static byte[] Ping { get; } = Message(PingOpcode, []);

    public static int HeadLength(int payload) => payload switch
    {
        < 126 => 2,
        <= ushort.MaxValue => 4,
        _ => MostHead,
    };

    /// <summary>Writes the head of a message of one frame into the first <see cref="HeadLength"/> bytes.</summary>
    public static void WriteHead(Span<byte> to, byte opcode, int payload)
    {
        to[0] = (byte)(Final | opcode);
        to[1] = (byte)payload;
        if (payload > ushort.MaxValue)
        {
            to[1] = 127;
            BinaryPrimitives.WriteUInt64BigEndian(to[2..], (ulong)payload);
        }
        else if (payload >= 126)
        {
            to[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)payload);
        }
    }

    public static byte[] Message(byte opcode, ReadOnlySpan<byte> payload)
    {
        var head = HeadLength(payload.Length);
        var message = new byte[head + payload.Length];
        WriteHead(message, opcode, payload.Length);
        payload.CopyTo(message.AsSpan(head));
        return message;
    }

    public static byte[] CloseMessage(ViewerClose why)
    {
        var payload = new byte[sizeof(ushort) + Encoding.UTF8.GetByteCount(why.Reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)why.Code);
        Encoding.UTF8.GetBytes(why.Reason, payload.AsSpan(sizeof(ushort)));
        return Message(Close, payload);
    }
}
