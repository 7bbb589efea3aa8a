using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;

namespace SignalStream.UnitTests.Messaging;

public sealed class FieldPathTests
{
    private static readonly EventPlace Place = new(new StreamId("net", "eu"), 7, 1, 2);

    [Fact]
    public void All_FieldsOfEveryFindingAndForecast_AreThereAndCanBeRead()
    {
        var names = FieldPath.All.Select(f => f.Text).ToArray();
        foreach (var wanted in new[]
        {
            "heart_rate.bpm", "latency_statistics.windows.p95_ms", "anomaly.score", "forecast.point", "forecast.intervals.low",
            "target_state.condition", "price_outlook.horizons.rise", "price_outlook.indicators.rsi", "signal_quality.leads.lead_off", "gap.missing",
        })
        {
            Assert.Contains(wanted, names);
        }

        Assert.DoesNotContain(names, n => n.StartsWith("alert.", StringComparison.Ordinal));
        Assert.All(names, n => Assert.True(FieldPath.TryParse(n, out _, out _), n));
    }

    [Fact]
    public void Label_OfEveryField_IsThereAndOneOfItsBody()
    {
        Assert.All(FieldPath.All, f => Assert.True(f.Label.Length > 0 && !f.Label.Contains('_', StringComparison.Ordinal), f.Text));
        Assert.All(FieldPath.All.GroupBy(f => (f.Body, f.Label)), same => Assert.True(same.Count() == 1, string.Join(", ", same)));
    }

    [Theory]
    [InlineData("heart_rate.bpm", "heart rate")]
    [InlineData("latency_statistics.windows[seconds=10].p50_ms", "median round trip over 10 s")]
    [InlineData("anomaly[metric=loss,kind=loss].score", "anomaly score of loss of kind loss")]
    [InlineData("forecast[target=rr_ms,steps=2].intervals[level=0.8].low", "lower end of the interval of rr_ms 2 steps ahead at level 0.8")]
    [InlineData("signal_quality.leads[flat=true].noise", "lead noisy with lead flat true")]
    public void Label_WithBrackets_SaysWhatTheyChoose(string path, string wanted)
    {
        Assert.True(FieldPath.TryParse(path, out var field, out _));
        Assert.Equal(wanted, field.Label);
    }

    [Theory]
    [InlineData("latency_statistics.p95_ms", 30)]
    [InlineData("latency_statistics.windows.p95_ms", 30)]
    [InlineData("latency_statistics.windows[seconds=60].p95_ms", 60)]
    [InlineData("latency_statistics.windows[seconds=60,lost=1].p95_ms", 60)]
    public void Read_ElementOfAList_IsTheChosenOrTheFirst(string path, double wanted) =>
        Assert.Equal((FieldState.Known, wanted), (Read(path, Statistics).State, Read(path, Statistics).Number));

    [Theory]
    [InlineData("latency_statistics.windows[seconds=7].p95_ms")]
    [InlineData("latency_statistics.windows[seconds=300].p95_ms")]
    public void Read_NotMeasured_IsUnknown(string path) => Assert.Equal(FieldState.Unknown, Read(path, Statistics).State);

    [Fact]
    public void Read_WithheldRate_IsUnknown() =>
        Assert.Equal(FieldState.Unknown, Read("heart_rate.bpm", new HeartRateEvent(Place, "r", 0, 0, 0, 0, "lead off")).State);

    [Fact]
    public void Read_Words_AreLowerCaseWithoutTheirEnumeration()
    {
        Assert.Equal("ventricular_like", Read("beat.class", new BeatEvent(Place, "b", 800, 1, 90, 1, BeatKind.VentricularLike)).Text);
        Assert.Equal("down", Read("target_state.condition", new TargetStateEvent(Place, "s", TargetHealth.Down, TargetHealth.Up, 1, "")).Text);
        Assert.True(FieldPath.TryParse("target_state.condition", out var path, out _));
        Assert.Equal(["unknown", "up", "degraded", "down"], path.Words);
    }

    [Theory]
    [InlineData("forecast[target=rr_ms].point", FieldState.Known)]
    [InlineData("forecast[target=rr_ms,steps=1].intervals[level=0.8].low", FieldState.Known)]
    [InlineData("forecast[target=rtt_ms].point", FieldState.Absent)]
    [InlineData("heart_rate.bpm", FieldState.Absent)]
    public void Read_EventThatIsNotMeant_IsAbsent(string path, FieldState wanted) =>
        Assert.Equal(wanted, Read(path, new ForecastEvent(Place, "f", "rr_ms", "ms", 1, 800, [new ForecastInterval(0.8, 700, 900)])).State);

    [Theory]
    [InlineData(null, FieldState.Known)]
    [InlineData(9L, FieldState.Over)]
    public void Read_AnomalyWithAnEnd_IsOver(long? endNs, FieldState wanted) =>
        Assert.Equal(wanted, Read("anomaly.score", new AnomalyEvent(Place, "a", "rtt_ms", "spike", 1, endNs, 0.9, "")).State);

    [Theory]
    [InlineData("heart_rate", "must be BODY.FIELD")]
    [InlineData("heart.bpm", "there is no heart, only beat, heart_rate,")]
    [InlineData("heart_rate.beats", "HeartRate has no beats, only bpm, instantaneous_bpm")]
    [InlineData("price_outlook.indicators", "indicators is no value; it has rsi")]
    [InlineData("heart_rate.bpm.x", "bpm is a value")]
    [InlineData("heart_rate.bpm[x=1]", "brackets stand behind a body or a repeated field")]
    [InlineData("forecast[tarjet=x].point", "brackets take FIELD=VALUE of target, steps")]
    [InlineData("forecast[steps=one].point", "steps is a number")]
    [InlineData("alert.value", "there is no alert")]
    public void TryParse_WhatIsNoField_NamesTheRuleAndWhatThereIs(string text, string message)
    {
        Assert.False(FieldPath.TryParse(text, out _, out var error));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void NameOf_AnyBytes_IsTheBodyOrNothing()
    {
        Assert.Equal("latency_statistics", EventBody.NameOf(EventCodec.Encode(Statistics)));
        Assert.Null(EventBody.NameOf(new byte[] { 0xFF, 0xFF }));
        Assert.Null(EventBody.NameOf(Array.Empty<byte>()));
    }

    private static LatencyStatisticsEvent Statistics => new(Place, "l", [Window(10, 0, 30), Window(60, 1, 60), Window(300, 2, 0)]);

    private static LatencyWindow Window(double seconds, int lost, double ms) => new(seconds, 20, lost, ms, ms, ms, ms, ms, 1, 1, 0, 4, LineQuality.Great);

    private static FieldValue Read(string text, SignalEvent happened)
    {
        Assert.True(FieldPath.TryParse(text, out var path, out var error), error);
        Assert.True(EventBody.TryDecode(EventCodec.Encode(happened), out var body, out _));
        return path.Read(body);
    }
}
