using System.IO.Compression;

namespace SignalStream.Gateway.WebSockets;

internal enum InflationResult
{
    Whole,
    TooBig,
    NoDeflate,
}

/// <summary>Undoes the compression of one message, up to a bound: a few bytes can be made of which gigabytes come.</summary>
internal static class Inflation
{
    /// <summary>Read at a time.</summary>
    private const int Step = 4096;

    /// <summary>What a sender leaves out at the end (RFC 7692, section 7.2.2).</summary>
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    public static InflationResult Inflate(PooledBytes compressed, PooledBytes to, int maxBytes)
    {
        compressed.Append(Tail);
        using var inflating = new DeflateStream(compressed.Read(), CompressionMode.Decompress);
        try
        {
            while (true)
            {
                var read = inflating.Read(to.Room(Step));
                if (read == 0)
                    return InflationResult.Whole;
                to.Advance(read);
                if (to.Length > maxBytes)
                    return InflationResult.TooBig;
            }
        }
        catch (InvalidDataException)
        {
            return InflationResult.NoDeflate;
        }
    }
}
