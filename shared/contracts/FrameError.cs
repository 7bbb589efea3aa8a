using System.Globalization;

namespace SignalStream.Contracts;

/// <summary>Why bytes are no frame.</summary>
public enum FrameError
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>Fewer bytes than a header.</summary>
    TooShort,

    /// <summary>A version that is not known.</summary>
    Version,

    /// <summary>A kind that is not known.</summary>
    Kind,

    /// <summary>A scale on a frame without columns, none on an envelope, or columns that are not aligned.</summary>
    Scale,

    /// <summary>A rate that is not a finite number above zero.</summary>
    Rate,

    /// <summary>A payload that does not fit the count.</summary>
    Length,
}

/// <summary>Tells people why bytes are no frame.</summary>
public static class FrameErrors
{
    /// <summary>Names the value and the rule.</summary>
    public static string Describe(this FrameError error, ReadOnlySpan<byte> frame) => error switch
    {
        FrameError.None => "The frame is well formed.",
        FrameError.TooShort => Text($"{frame.Length} bytes: a frame has at least {FrameHeader.Size}."),
        FrameError.Version => Text($"version {frame[1] >> 4}: {FrameHeader.Version} is the only one known."),
        FrameError.Kind => Text($"kind {frame[0]}: 1 samples, 2 envelope, 3 event and 4 gap are known."),
        FrameError.Scale => Text($"scale {frame[1] & 0x0F} with kind {frame[0]}: an envelope's is 1 to 15 and divides its first sample by 2^scale, any other kind's is 0."),
        FrameError.Rate => Text($"rate {BitConverter.ToSingle(frame[12..])} Hz: it must be a finite number above zero."),
        _ => Text($"{frame.Length - FrameHeader.Size} bytes of payload with kind {frame[0]} and count {BitConverter.ToUInt16(frame[2..])}: samples take 4 bytes, envelope columns 8, for each of count and channel, count at least 1; a gap takes {FrameHeader.GapPayload} and an event at least 1, count 0."),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
