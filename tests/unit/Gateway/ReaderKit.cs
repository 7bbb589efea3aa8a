using System.Buffers.Binary;
using System.Text;
using SignalStream.Gateway.WebSockets;

namespace SignalStream.UnitTests.Gateway;

/// <summary>A client's frames, and what a reader makes of them.</summary>
internal static class ReaderKit
{
    /// <summary>A frame as a client sends it.</summary>
    public static byte[] Frame(byte first, byte[] payload)
    {
        byte[] length = payload.Length switch
        {
            < 126 => [(byte)(0x80 | payload.Length)],
            <= ushort.MaxValue => [0xFE, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [0xFF, 0, 0, 0, 0, .. Big(payload.Length)],
        };
        byte[] mask = [0x37, 0xFA, 0x21, 0x3D];
        return [first, .. length, .. mask, .. payload.Select((b, i) => (byte)(b ^ mask[i % 4]))];
    }

    /// <summary>What comes of bytes in pieces; with copies of what is lent.</summary>
    public static List<Incoming> ReadAll(MessageReader reader, byte[] bytes, int piece)
    {
        var all = new List<Incoming>();
        foreach (var part in bytes.Chunk(piece))
        {
            var rest = part.AsMemory();
            while (reader.Read(ref rest) is { Kind: not IncomingKind.Nothing } message)
            {
                all.Add(message with { Bytes = message.Bytes.ToArray() });
                if (message.Kind == IncomingKind.Fault)
                    return all;
            }
        }

        return all;
    }

    public static IEnumerable<string> Shown(IEnumerable<Incoming> messages) =>
        messages.Select(m => $"{m.Kind} {(m.Code is { } code ? code.ToString() : Encoding.UTF8.GetString(m.Bytes.Span))}");

    private static byte[] Big(int length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        return bytes;
    }
}
