using System.Globalization;
using System.Text;

namespace SignalStream.Formats.Wfdb;

/// <summary>The text of a header. What would not read back as it is, a name with a space in it say, is refused.</summary>
internal static class HeaderWriter
{
    public static byte[] Write(WfdbHeader header)
    {
        var text = Text(header);
        var bytes = Encoding.UTF8.GetBytes(text);
        using var stream = new MemoryStream(bytes);
        return Text(WfdbHeader.Read(stream, header.RecordName + ".hea")) == text
            ? bytes
            : throw new ArgumentException($"The header of '{header.RecordName}' has fields that would not read back as they are.", nameof(header));
    }

    private static string Text(WfdbHeader header)
    {
        var lines = header.Signals.Select(SignalLine)
            .Prepend(RecordLine(header))
            .Concat(header.Comments.Select(comment => "#" + comment));
        return string.Join('\n', lines) + "\n";
    }

    private static string RecordLine(WfdbHeader header)
    {
        var counter = header.CounterHz is null && header.BaseCounter == 0
            ? ""
            : Invariant($"/{header.CounterHz ?? header.RateHz:R}({header.BaseCounter:R})");
        if (header.BaseDate is not null && header.BaseTime is null)
            throw new ArgumentException($"The header of '{header.RecordName}' has a date without a time; the format has no place for it.");
        return Invariant($"{header.RecordName} {header.Signals.Count} {header.RateHz:R}{counter} {header.SampleCount ?? 0} {header.BaseTime} {header.BaseDate}")
            .TrimEnd();
    }

    /// <summary>Fields go from left to right: the last ones need those before them.</summary>
    private static string SignalLine(WfdbSignal signal)
    {
        var skew = signal.Skew == 0 ? "" : Invariant($":{signal.Skew}");
        var offset = signal.ByteOffset == 0 ? "" : Invariant($"+{signal.ByteOffset}");
        var gain = signal.IsCalibrated ? signal.Gain : 0;
        var start = Invariant(
            $"{signal.FileName} {(int)signal.Format}{skew}{offset} {gain:R}({signal.Baseline})/{signal.Units} {signal.AdcResolution} {signal.AdcZero}");
        if (signal.Checksum is { } checksum)
            return Invariant($"{start} {signal.InitialValue ?? signal.AdcZero} {checksum} {signal.BlockSize} {signal.Description}").TrimEnd();
        if (signal.Description.Length > 0 || signal.BlockSize != 0)
            throw new ArgumentException($"Signal '{signal.Description}' has no checksum; the format wants one before a description.");
        return signal.InitialValue is { } initial ? Invariant($"{start} {initial}") : start;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
