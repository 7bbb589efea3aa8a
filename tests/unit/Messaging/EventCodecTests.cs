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
        new BeatEvent(Place, "beats/1", 0, -1.25, 0, 1, BeatKind.Paused) { Lead = 3, IsPoorSignal = true },
        new HeartRateEvent(Place, "heart-rate/1", 0, 0, 1, 0, "too few beats yet"),
        new SignalQualityEvent(Place, "quality/1", 0.75, [new(0.75, false, false, false, false), new(0, true, true, false, true)]),
        new SignalQualityEvent(Place, "quality/1", 0, [new(0, true, false, true, false)]),
        new HeartRateVariabilityEvent(Place, "hrv/1", 31.5, 42.25, 12.5, 310, 300, 0.875),
        new AlertEvent(Place, "alarms/1", "asystole", AlertState.Raised, AlertSeverity.High, 5, null, "no beat for 4.4 s")
            { Value = 4400, Limit = 4000, Unit = "ms" },
        new AlertEvent(Place, "alarms/1", "tachycardia", AlertState.Acknowledged, AlertSeverity.Medium, 5, null, "")
            { AcknowledgedBy = "night shift" },
        new LatencyStatisticsEvent(Place, "latency/1", [new(10, 20, 2, 21.5, 30, 31, 20, 32, 1.5, 2.5, 3, 4.25, LineQuality.Good), new(60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, LineQuality.Unknown)]) { Health = TargetHealth.Degraded, HealthSinceNs = 12 },
        new AnomalyEvent(Place, "line-anomalies/1", "rtt_ms", "spike", 5, null, 0.75, "a reading of 84 ms is 63 above the usual 21 ± 4")
            { Value = 84, Usual = 21, Spread = 4, Unit = "ms" },
        new AnomalyEvent(Place, "line-anomalies/1", "loss", "loss", 5, 6, 1, "30 % lost") { IsLearned = true },
        new TargetStateEvent(Place, "target-state/1", TargetHealth.Down, TargetHealth.Up, 5, "connection lost"),
        new SkipEvent(Place, "processor.heart", "WAVES", "as asked", SignalType.Alert),
        new AlertEvent(Place, "rules/1", "loss", AlertState.Cleared, AlertSeverity.Low, -5, 6, "2 %") { Rule = "loss", Title = "Loss" },
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

    [Theory]
    [InlineData("asystole", 5, true)]
    [InlineData("asystole", 6, false)]
    [InlineData("bradycardia", 5, false)]
    public void Fingerprint_OfStatesOfAnAlert_IsTheSameForTheSameNameAndStart(string name, long startNs, bool same)
    {
        var raised = new AlertEvent(Place, "a", "asystole", AlertState.Raised, AlertSeverity.High, 5, null, "");
        var other = new AlertEvent(Place with { Index = 9 }, "b", name, AlertState.Cleared, AlertSeverity.Low, startNs, 7, "x");
        Assert.Matches("^[0-9a-f]{16}$", raised.Fingerprint);
        Assert.Equal(same, raised.Fingerprint == other.Fingerprint);
    }

    [Fact]
    public void MessageId_OfAnEvent_NamesStreamEpochIndexAndKind() =>
        Assert.Equal("ecg.bed-1/7/12345/beat", new BeatEvent(Place, "", 0, 0, 0, 0, BeatKind.Normal).MessageId);
}
