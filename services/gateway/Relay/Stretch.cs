using SignalStream.Contracts;

namespace SignalStream.Gateway.Relay;

/// <summary>Samples of one stream and epoch from First up to, not including, End.</summary>
/// <param name="Epoch">Of the frames.</param>
/// <param name="First">Index of the first sample.</param>
/// <param name="End">Index behind the last one.</param>
/// <param name="RateHz">Nominal rate.</param>
/// <param name="TimeNs">Event time of the first sample.</param>
internal readonly record struct Stretch(uint Epoch, ulong First, ulong End, float RateHz, long TimeNs)
{
    public ulong Length => End - First;

    /// <summary>The stretch that a frame accounts for.</summary>
    public static Stretch Of(SharedFrame frame) => new(
        frame.Header.Epoch, frame.Header.First, frame.Header.First + frame.Covers, frame.Header.RateHz, frame.Header.TimeNs);

    /// <summary>What lies between the place that was expected and the frame that came.</summary>
    public static Stretch Before(FrameHeader came, ulong expected) => new(
        came.Epoch, expected, came.First, came.RateHz,
        came.TimeNs - (long)Math.Round((came.First - expected) / (double)came.RateHz * 1e9));
}
