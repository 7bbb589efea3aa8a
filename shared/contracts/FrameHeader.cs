using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SignalStream.Contracts;

/// <summary>What a frame carries.</summary>
public enum FrameKind : byte
{
    /// <summary>Evenly sampled values, channel after channel.</summary>
    Samples = 1,

    /// <summary>Minimum and maximum of columns of samples.</summary>
    Envelope = 2,

    /// <summary>One protobuf <c>Event</c>.</summary>
    Event = 3,

    /// <summary>Samples that are missing.</summary>
    Gap = 4,
}

/// <summary>The 32 bytes before every frame's payload, on the bus and on a WebSocket. Little-endian.</summary>
/// <remarks>
/// <code>
///  0  u8   kind             8  u32  epoch
///  1  u8   version | scale 12  f32  rate, Hz
///  2  u16  count           16  u64  first
///  4  u32  topic           24  i64  event time of first, ns
/// </code>
/// docs/PROTOCOL.md has it in words. 32 is a multiple of four, so that a browser views the samples in place.
/// </remarks>
/// <param name="Kind">What follows the header.</param>
/// <param name="Scale">Envelope: each column covers 2^Scale samples, 1 to 15; otherwise 0.</param>
/// <param name="Count">Samples (envelope: columns) a channel; 0 for event and gap.</param>
/// <param name="Topic">0 on the bus; on a WebSocket the gateway's number for the stream.</param>
/// <param name="Epoch">Rises with each start of the source.</param>
/// <param name="RateHz">Nominal sampling rate, Hz, above zero; 0 is allowed for event and gap.</param>
/// <param name="First">Index in the epoch of the first sample; event: sequence in its log.</param>
/// <param name="TimeNs">Event time of that sample, ns since the Unix epoch.</param>
public readonly record struct FrameHeader(
    FrameKind Kind, int Scale, int Count, uint Topic, uint Epoch, float RateHz, ulong First, long TimeNs)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 32;

    /// <summary>The layout's version, the high nibble of byte 1.</summary>
    public const int Version = 1;

    /// <summary>Payload of a gap: u64 missing samples, u8 reason.</summary>
    public const int GapPayload = 9;

    private const int TopicOffset = 4;

    /// <summary>Reads and checks the header, and the payload's length against it; looks at no sample.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="header">Set when the result is <see cref="FrameError.None"/>.</param>
    public static FrameError TryRead(ReadOnlySpan<byte> frame, out FrameHeader header)
    {
        header = default;
        if (frame.Length < Size)
            return FrameError.TooShort;
        if (frame[1] >> 4 != Version)
            return FrameError.Version;
        var read = Read(frame);
        var error = read.Check(frame.Length - Size);
        if (error == FrameError.None)
            header = read;
        return error;
    }

    /// <summary>Writes the header into the first <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> frame)
    {
        frame[0] = (byte)Kind;
        frame[1] = (byte)((Version << 4) | Scale);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[2..], (ushort)Count);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[TopicOffset..], Topic);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], Epoch);
        BinaryPrimitives.WriteSingleLittleEndian(frame[12..], RateHz);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[16..], First);
        BinaryPrimitives.WriteInt64LittleEndian(frame[24..], TimeNs);
    }

    /// <summary>Puts the gateway's number for the stream into a frame from the bus.</summary>
    public static void WriteTopic(Span<byte> frame, uint topic) =>
        BinaryPrimitives.WriteUInt32LittleEndian(frame[TopicOffset..], topic);

    /// <summary>Channels of a samples or envelope frame of this header and length; 0 for the other kinds.</summary>
    /// <param name="frameLength">Bytes of the whole frame.</param>
    public int Channels(int frameLength) => Kind switch
    {
        FrameKind.Samples => (frameLength - Size) / (sizeof(float) * Count),
        FrameKind.Envelope => (frameLength - Size) / (2 * sizeof(float) * Count),
        _ => 0,
    };

    /// <summary>Event time of a sample of the same epoch, ns since the Unix epoch, at the nominal rate.</summary>
    /// <param name="place">Its index in the epoch, before or after <see cref="First"/>.</param>
    public long TimeOf(ulong place) => TimeNs + (long)Math.Round((long)(place - First) / (double)RateHz * 1e9);

    /// <summary>The values after the header: shape (channels, count), or (channels, count, 2) for an envelope.</summary>
    /// <remarks>Viewed in place: hosts are little-endian, as the layout is.</remarks>
    public static ReadOnlySpan<float> Values(ReadOnlySpan<byte> frame) => MemoryMarshal.Cast<byte, float>(frame[Size..]);

    private static FrameHeader Read(ReadOnlySpan<byte> frame) => new(
        (FrameKind)frame[0],
        frame[1] & 0x0F,
        BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]),
        BinaryPrimitives.ReadUInt32LittleEndian(frame[TopicOffset..]),
        BinaryPrimitives.ReadUInt32LittleEndian(frame[8..]),
        BinaryPrimitives.ReadSingleLittleEndian(frame[12..]),
        BinaryPrimitives.ReadUInt64LittleEndian(frame[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(frame[24..]));

    private FrameError Check(int payload) => Kind switch
    {
        FrameKind.Samples => CheckValues(payload, sizeof(float), Scale == 0),
        FrameKind.Envelope => CheckValues(payload, 2 * sizeof(float), Scale > 0 && First % (1UL << Scale) == 0),
        FrameKind.Event => CheckBare(payload > 0),
        FrameKind.Gap => CheckBare(payload == GapPayload),
        _ => FrameError.Kind,
    };

    private FrameError CheckValues(int payload, int bytesEach, bool scaleFits)
    {
        if (!scaleFits)
            return FrameError.Scale;
        if (!(RateHz > 0 && float.IsFinite(RateHz)))
            return FrameError.Rate;
        return Count > 0 && payload > 0 && payload % (bytesEach * Count) == 0 ? FrameError.None : FrameError.Length;
    }

    private FrameError CheckBare(bool payloadFits)
    {
        if (Scale != 0)
            return FrameError.Scale;
        return Count == 0 && payloadFits ? FrameError.None : FrameError.Length;
    }
}
