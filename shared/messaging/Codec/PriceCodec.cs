using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Codec;

/// <summary>Market bars to protobuf and back.</summary>
public static class PriceCodec
{
    /// <summary>The bar as a protobuf <c>PriceBar</c>.</summary>
    public static byte[] Encode(PriceReading bar) => new V1.PriceBar
    {
        Epoch = bar.Epoch,
        Index = bar.Index,
        TimeNs = bar.TimeNs,
        Open = bar.Open,
        High = bar.High,
        Low = bar.Low,
        Close = bar.Close,
        Volume = bar.Volume,
        Split = bar.Split,
        IntervalSeconds = (float)bar.IntervalSeconds,
        Currency = bar.Currency,
        Simulated = bar.IsSimulated,
        Missing = (uint)bar.Missing,
    }.ToByteArray();

    /// <summary>Reads a protobuf <c>PriceBar</c>; false with the reason when it is none. Prices are not checked here.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PriceReading? bar, [NotNullWhen(false)] out string? error)
    {
        try
        {
            var message = V1.PriceBar.Parser.ParseFrom(bytes);
            bar = new PriceReading(
                message.Epoch, message.Index, message.TimeNs, message.Open, message.High, message.Low, message.Close, message.Volume)
            {
                Split = message.Split == 0 ? 1 : message.Split,
                IntervalSeconds = message.IntervalSeconds,
                Currency = message.Currency,
                IsSimulated = message.Simulated,
                Missing = (int)Math.Min(message.Missing, int.MaxValue),
            };
            error = null;
            return true;
        }
        catch (InvalidProtocolBufferException exception)
        {
            (bar, error) = (null, $"{bytes.Length} bytes that are no PriceBar: {exception.Message}");
            return false;
        }
    }
}
