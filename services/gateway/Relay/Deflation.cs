using System.IO.Compression;

namespace SignalStream.Gateway.Relay;

/// <summary>Messages compressed each by itself: permessage-deflate without context takeover (RFC 7692).</summary>
/// <remarks>
/// So one compressed message serves every viewer, and none has a window of its own. The fastest level: on a frame of two leads it
/// takes as long as a delivery or two and saves a sixth; the next one saves hardly more of a short frame, and takes thrice as long.
/// </remarks>
internal static class Deflation
{
    /// <summary>Shorter payloads go out as they are: a frame's header is half of them.</summary>
    private const int Least = 64;

    /// <summary>A thread keeps room for this much.</summary>
    private const int MostKept = 64 << 10;

    /// <summary>The empty block that a flush ends with; it is left out (section 7.2.1).</summary>
    private const int Tail = 4;

    [ThreadStatic] private static MemoryStream? room;

    /// <returns>A whole compressed message; empty when it would not be shorter than the plain one.</returns>
    public static byte[] Message(byte opcode, ReadOnlySpan<byte> payload)
    {
        if (payload.Length < Least)
            return [];
        var output = room ??= new MemoryStream();
        output.SetLength(0);
        int length;
        using (var deflating = new DeflateStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflating.Write(payload);
            deflating.Flush();
            length = (int)output.Length - Tail; // What its end writes does not belong to the message.
        }

        var message = length < payload.Length ? Framing.Message((byte)(Framing.Compressed | opcode), output.GetBuffer().AsSpan(0, length)) : [];
        if (output.Capacity > MostKept)
            room = null;
        return message;
    }
}
