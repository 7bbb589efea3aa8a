using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;

namespace SignalStream.PropertyTests.Contracts;

public sealed class EventProperties
{
    private const int Inputs = 200_000;

    /// <summary>Protobuf that is random, or a good event with bytes changed: an event, or a reason.</summary>
    [Fact]
    public void TryDecode_AnyBytes_IsAnEventOrAReason()
    {
        var random = new Random(11);
        var place = new EventPlace(new StreamId("ecg", "bed-1"), 7, 1000, 1);
        var good = EventCodec.Encode(new ForecastEvent(place, "rr/1", "rr_ms", "ms", 1, 800, [new(0.5, 1, 2), new(0.8, 0, 3)]));
        var decoded = 0;
        for (var i = 0; i < Inputs; i++)
        {
            var input = i % 2 == 0 ? new byte[random.Next(64)] : (byte[])good.Clone();
            if (i % 2 == 0)
                random.NextBytes(input);
            else
                input[random.Next(input.Length)] = (byte)random.Next(256);
            if (EventCodec.TryDecode(input, out var read, out var error))
                decoded += StreamId.TryParse(read.Place.Stream.ToString(), out _) ? 1 : 0;
            else
                Assert.NotEmpty(error);
        }

        Assert.InRange(decoded, 1, Inputs / 2);
    }
}
