using System.Buffers.Binary;

namespace SignalStream.Contracts;

/// <summary>The end of a stream's epoch among its frames: a gap of no samples, behind the last one. No more will come, and that is meant so.</summary>
public static class EndMark
{
    /// <summary>The gap's reason: the source has ended.</summary>
    public const byte Reason = 4;

    /// <summary>Makes it.</summary>
    /// <param name="epoch">That ends.</param>
    /// <param name="rateHz">Nominal sampling rate, Hz.</param>
    /// <param name="next">Index of the sample that would have come next.</param>
    /// <param name="timeNs">Its event time, ns since the Unix epoch.</param>
    public static byte[] Make(uint epoch, float rateHz, ulong next, long timeNs)
    {
        var frame = new byte[FrameHeader.Size + FrameHeader.GapPayload];
        new FrameHeader(FrameKind.Gap, 0, 0, 0, epoch, rateHz, next, timeNs).Write(frame);
        frame[^1] = Reason;
        return frame;
    }

    /// <summary>Whether a frame is one.</summary>
    /// <param name="header">Its header, read and checked.</param>
    /// <param name="frame">All of it.</param>
    public static bool Is(in FrameHeader header, ReadOnlySpan<byte> frame) =>
        header.Kind == FrameKind.Gap && BinaryPrimitives.ReadUInt64LittleEndian(frame[FrameHeader.Size..]) == 0 && frame[^1] == Reason;
}
