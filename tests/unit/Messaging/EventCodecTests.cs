using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;

namespace SignalStream.UnitTests.Messaging;

public sealed class EventCodecTests
{
    private static readonly EventPlace Place = new(new StreamId("ecg", "bed-1"), 7, 12345, 1_780_000_000_000_000_001);

    public static TheoryData<SignalEvent> Events =>
    [
        new BeatEvent(Place, "beats/1", 812.5, 1.25, 96, 0.75, BeatKind.VentricularLike),
        new HeartRateEvent(Place, "heart-rate/1", 72.5, 80, 12, 1, null),
        new HeartRateEvent(Place, "heart-rate/1", 0, 0, 1, 0, "too few beats yet"),
    ];

    [Theory]
    [MemberData(nameof(Events))]
    public void TryDecode_EncodedEvent_IsTheSame(SignalEvent made)
    {
        Assert.True(EventCodec.TryDecode(EventCodec.Encode(made), out var read, out _));
        Assert.Equal(made, read);
    }

    [Fact]
    public void TryDecode_EncodedForecast_IsTheSame()
    {
        var made = new ForecastEvent(Place, "rr/1", "rr_ms", "ms", 1, 800, [new(0.5, 790, 810), new(0.75, 700, 900)]);
        Assert.True(EventCodec.TryDecode(EventCodec.Encode(made), out var read, out _));
        var forecast = Assert.IsType<ForecastEvent>(read);
        Assert.Equal(made.Intervals, forecast.Intervals);
        Assert.Equal(made, forecast with { Intervals = made.Intervals });
    }

    [Fact]
    public void TryDecode_NoProtobuf_IsRefusedWithAReason()
    {
        Assert.False(EventCodec.TryDecode([0xFF, 0xFF, 0xFF], out _, out var error));
        Assert.Contains("3 bytes", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryDecode_EventOfNoStream_IsRefusedWithTheRule()
    {
        Assert.False(EventCodec.TryDecode([], out _, out var error));
        Assert.Contains(StreamId.Rule, error, StringComparison.Ordinal);
    }

    [Fact]
    public void MessageId_OfAnEvent_NamesStreamEpochIndexAndKind() =>
        Assert.Equal("ecg.bed-1/7/12345/beat", new BeatEvent(Place, "", 0, 0, 0, 0, BeatKind.Normal).MessageId);
}
