using System.Globalization;
using SignalStream.Contracts;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Processor.Heart;

/// <summary>What a frame must be, so that an ECG can be read from it.</summary>
internal static class FrameCheck
{
    private const float LeastRateHz = 100;
    private const float MostRateHz = 1000;

    /// <summary>Why a frame is refused; null when it is not.</summary>
    /// <param name="frame">As it stands in the log.</param>
    /// <param name="mostLeads">Channels that will be looked at.</param>
    /// <param name="header">Set when it is not refused.</param>
    public static Rejection? Check(ReadOnlySpan<byte> frame, int mostLeads, out FrameHeader header)
    {
        var error = FrameHeader.TryRead(frame, out header);
        if (error != FrameError.None)
            return new Rejection(error.ToString(), error.Describe(frame));
        if (header.Kind != FrameKind.Samples)
            return new Rejection("NotSamples", $"a frame of kind {header.Kind}: only samples come on the bus.");
        if (header.RateHz is < LeastRateHz or > MostRateHz)
            return new Rejection("RateOutOfRange", Text($"rate {header.RateHz} Hz: the detector takes {LeastRateHz} to {MostRateHz}."));
        if (header.First > long.MaxValue)
            return new Rejection("FirstOutOfRange", Text($"first {header.First}: it must be at most {long.MaxValue}."));
        var leads = Math.Min(header.Channels(frame.Length), mostLeads);
        return CheckSamples(FrameHeader.Values(frame)[..(leads * header.Count)], header);
    }

    private static Rejection? CheckSamples(ReadOnlySpan<float> samples, in FrameHeader header)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            if (float.IsFinite(samples[i]))
                continue;
            var (channel, at) = Math.DivRem(i, header.Count);
            return new Rejection(
                "NotFinite", Text($"sample {header.First + (ulong)at} of channel {channel} is {samples[i]}: samples must be finite."));
        }

        return null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
