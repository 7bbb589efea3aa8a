using System.IO.Compression;

namespace SignalStream.TestKit;

/// <summary>What permessage-deflate makes of a payload, and back (RFC 7692, section 7.2).</summary>
public static class MessageDeflate
{
    private static readonly byte[] Tail = [0x00, 0x00, 0xFF, 0xFF];

    public static byte[] Deflate(byte[] payload)
    {
        using var output = new MemoryStream();
        using var deflating = new DeflateStream(output, CompressionLevel.Optimal);
        deflating.Write(payload);
        deflating.Flush();
        // Without anything to compress there is no flush: the empty block is one byte (section 7.2.3.6).
        return payload.Length == 0 ? [0] : output.ToArray()[..^Tail.Length];
    }

    public static byte[] Inflate(byte[] compressed)
    {
        using var inflating = new DeflateStream(new MemoryStream([.. compressed, .. Tail]), CompressionMode.Decompress);
        using var output = new MemoryStream();
        inflating.CopyTo(output);
        return output.ToArray();
    }
}
