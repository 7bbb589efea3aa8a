using System.Text;
using System.Text.Json;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay;
using SignalStream.Gateway.WebSockets;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.UnitTests.Gateway;

public class FrameJsonTests
{
    private static readonly EventPlace Place = new(RelayKit.Stream, 1, 5, 0);

    private readonly RelayKit _kit = new();

    [Fact]
    public void Write_SamplesOfTwoChannels_GivesAListAChannel()
    {
        var bytes = RelayKit.Wave(100, count: 2, channels: 2);
        BitConverter.TryWriteBytes(bytes.AsSpan(^4), float.NaN);
        FrameHeader.TryRead(bytes, out var header);
        Assert.Equal(
            """{"type":"samples","stream":"ecg.bed-1","topic":7,"epoch":1,"first":100,"time":400,"rateHz":250,"values":[[100,101],[102,null]]}""",
            Write(_kit.Frames.Copy(bytes, header, 7)));
    }

    [Fact]
    public void Write_Gap_GivesWhatIsMissing() => Assert.Equal(
        """{"type":"gap","stream":"ecg.bed-1","topic":7,"epoch":1,"first":10,"time":5,"missing":30,"reason":2}""",
        Write(_kit.Frames.Gap(7, new Stretch(1, 10, 40, 250, 5_000_000), GapReason.DroppedForViewer)));

    [Fact]
    public void Write_HeartRate_GivesItsFields() => Assert.Equal(
        """{"type":"event","stream":"ecg.bed-1","topic":7,"epoch":1,"index":500,"time":2000,"log":"finding","sequence":1,"heartRate":{"bpm":61.5,"instantaneousBpm":61.5,"intervals":8,"confidence":1}}""",
        Write(_kit.Frames.Event(7, 250, RelayKit.Rate(500, bpm: 61.5))));

    [Fact]
    public void Write_Beat_GivesItsFields() => Assert.Contains(
        "\"beat\":{\"rrMs\":800,\"amplitudeMv\":1,\"qrsMs\":90,\"confidence\":1,\"class\":\"normal\",\"lead\":0}",
        Write(_kit.Frames.Event(7, 250, RelayKit.Beat(500))), StringComparison.Ordinal);

    [Fact]
    public void Write_Forecast_GivesItsIntervals()
    {
        var forecast = new ForecastEvent(
            new EventPlace(RelayKit.Stream, 1, 5, 0), "rr/1", "rr_ms", "ms", 1, 800.5, [new ForecastInterval(0.8, 700, 900)]);
        var json = Write(_kit.Frames.Event(7, 250, new LoggedEvent(1, default, forecast, EventCodec.Encode(forecast))));
        Assert.Contains(
            "\"forecast\":{\"target\":\"rr_ms\",\"unit\":\"ms\",\"steps\":1,\"point\":800.5,\"intervals\":[{\"level\":0.8,\"low\":700,\"high\":900}]}",
            json, StringComparison.Ordinal);
    }

    public static TheoryData<SignalEvent, string> Others => new()
    {
        { new GapEvent(Place, "a", 30, "not in the log"), """ "gap":{"missing":30,"reason":"not in the log"}""" },
        {
            new SignalQualityEvent(Place, "a", 0.8, [new(0.8, false, false, false, true)]),
            """ "signalQuality":{"index":0.8,"leads":[{"index":0.8,"leadOff":false,"flat":false,"saturated":false,"noise":true}]}"""
        },
        {
            new HeartRateVariabilityEvent(Place, "a", 31.5, 42.3, 12.5, 310, 300, 0.9),
            """ "heartRateVariability":{"rmssdMs":31.5,"sdnnMs":42.3,"pnn50Percent":12.5,"nnCount":310,"spanS":300,"nnShare":0.9}"""
        },
        {
            new AlertEvent(Place, "a", "loss", AlertState.Cleared, AlertSeverity.Medium, 1_500_000, 2_000_000, "2 %")
                { Value = 2, Limit = 1, Unit = "%", AcknowledgedBy = "me" },
            """ "alert":{"name":"loss","state":"cleared","severity":"medium","start":1.5,"end":2,"evidence":"2 %","fingerprint":"FINGERPRINT","value":2,"limit":1,"unit":"%","acknowledgedBy":"me"}"""
        },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Write_AnyOtherEvent_GivesItsFields(SignalEvent happened, string expected)
    {
        var fingerprint = AlertEvent.FingerprintOf(RelayKit.Stream, "loss", 1_500_000);
        var json = Write(_kit.Frames.Event(7, 250, new LoggedEvent(1, default, happened, EventCodec.Encode(happened))));
        Assert.Contains(expected.Trim().Replace("FINGERPRINT", fingerprint, StringComparison.Ordinal), json, StringComparison.Ordinal);
    }

    private string Write(SharedFrame frame)
    {
        using var writer = new FrameJson();
        var text = Encoding.UTF8.GetString(writer.Write(_kit.NewStream(), frame).Span);
        JsonDocument.Parse(text).Dispose();
        frame.Release();
        return text;
    }
}
