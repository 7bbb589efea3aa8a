using System.Buffers.Binary;

namespace SignalStream.Formats.Wfdb;

/// <summary>Samples to bytes and back, for the formats that are read and written.</summary>
/// <remarks>
/// WFDB Applications Guide, signal(5) (Moody GB). Format 212 packs values in pairs of three bytes:
/// <c>aaaaaaaa bbbbaaaa bbbbbbbb</c>, low bits first; a last value without a partner takes two bytes.
/// </remarks>
internal static class SampleCodec
{
    /// <summary>The value that stands for no sample.</summary>
    public static short Missing(WfdbFormat format) => format == WfdbFormat.Format16 ? short.MinValue : (short)-2048;

    /// <summary>Bytes from the start of the samples to the end of the last of <paramref name="values"/>.</summary>
    public static long BytesOf(WfdbFormat format, long values) =>
        format == WfdbFormat.Format16 ? values * 2 : (values / 2 * 3) + (values % 2 * 2);

    /// <summary>How many values that many bytes hold.</summary>
    public static long ValuesIn(WfdbFormat format, long bytes) =>
        format == WfdbFormat.Format16 ? bytes / 2 : (bytes / 3 * 2) + (bytes % 3 / 2);

    /// <summary>Where the bytes begin that hold value <paramref name="index"/>: for 212, those of its pair.</summary>
    public static long StartOf(WfdbFormat format, long index) =>
        format == WfdbFormat.Format16 ? index * 2 : index / 2 * 3;

    /// <summary>Unpacks values, the first of them number <paramref name="first"/> of the file.</summary>
    public static void Unpack(WfdbFormat format, ReadOnlySpan<byte> bytes, long first, Span<short> values)
    {
        if (format == WfdbFormat.Format16)
            Unpack16(bytes, values);
        else
            Unpack212(bytes, (int)(first % 2), values);
    }

    /// <summary>Packs an even number of values (212), or the last ones of the file.</summary>
    public static void Pack(WfdbFormat format, ReadOnlySpan<short> values, Span<byte> bytes)
    {
        if (format == WfdbFormat.Format16)
            Pack16(values, bytes);
        else
            Pack212(values, bytes);
    }

    private static void Unpack16(ReadOnlySpan<byte> bytes, Span<short> values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes[(2 * i)..]);
    }

    private static void Unpack212(ReadOnlySpan<byte> bytes, int phase, Span<short> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var at = (i + phase) / 2 * 3;
            var bits = (i + phase) % 2 == 0
                ? bytes[at] | ((bytes[at + 1] & 0x0F) << 8)
                : bytes[at + 2] | ((bytes[at + 1] & 0xF0) << 4);
            values[i] = (short)((short)(bits << 4) >> 4);
        }
    }

    private static void Pack16(ReadOnlySpan<short> values, Span<byte> bytes)
    {
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt16LittleEndian(bytes[(2 * i)..], values[i]);
    }

    private static void Pack212(ReadOnlySpan<short> values, Span<byte> bytes)
    {
        for (int i = 0, at = 0; i < values.Length; i += 2, at += 3)
        {
            bytes[at] = (byte)values[i];
            bytes[at + 1] = (byte)((values[i] >> 8) & 0x0F);
            if (i + 1 == values.Length)
                return;
            bytes[at + 1] |= (byte)((values[i + 1] >> 4) & 0xF0);
            bytes[at + 2] = (byte)values[i + 1];
        }
    }
}
