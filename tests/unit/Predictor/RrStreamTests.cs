using Prometheus;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Predictor.Forecasts;

namespace SignalStream.UnitTests.Predictor;

public sealed class RrStreamTests
{
    private static readonly StreamId Bed = new("ecg", "bed-1");

    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly RrStream _stream;
    private ulong _index;

    public RrStreamTests() => _stream = new RrStream(50, new ForecastMetrics(Metrics.WithCustomRegistry(_registry)));

    [Fact]
    public void Process_ASteadyHeart_ForecastsItsIntervalWithNestedRanges()
    {
        ForecastEvent? forecast = null;
        for (var i = 0; i < 60; i++)
            forecast = Beat(800 + (i % 5));
        Assert.NotNull(forecast);
        Assert.InRange(forecast.Point, 798, 806);
        Assert.Equal([0.5, 0.8, 0.9], forecast.Intervals.Select(i => i.Level));
        foreach (var (inner, outer) in forecast.Intervals.Zip(forecast.Intervals.Skip(1)))
            Assert.True(outer.Low <= inner.Low && inner.High <= outer.High);
        Assert.Equal(_index, forecast.Place.Index);
    }

    [Fact]
    public void Process_TooFewBeats_SaysNothing()
    {
        for (var i = 0; i < 9; i++)
            Assert.Null(Beat(800));
    }

    [Fact]
    public void Process_ARepeatedBeat_IsIgnored()
    {
        for (var i = 0; i < 30; i++)
            Beat(800);
        Assert.Null(_stream.Process(BeatAt(_index, 800)));
        Assert.Null(_stream.Process(BeatAt(_index - 200, 800)));
    }

    [Fact]
    public void Process_ANewEpoch_ForgetsTheHeartBefore()
    {
        for (var i = 0; i < 30; i++)
            Beat(800);
        Assert.Null(_stream.Process(BeatAt(10, 0, epoch: 2)));
        Assert.Null(_stream.Process(BeatAt(210, 800, epoch: 2)));
    }

    [Fact]
    public async Task Process_OutcomesThatWereForecast_AreScored()
    {
        for (var i = 0; i < 30; i++)
            Beat(800);
        Beat(2000);
        using var text = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(text, ExpositionFormat.PrometheusText, CancellationToken.None);
        var lines = System.Text.Encoding.UTF8.GetString(text.ToArray());
        Assert.Contains("signalstream_predictor_outcomes_total{level=\"0.9\",held=\"no\"} 1\n", lines, StringComparison.Ordinal);
        Assert.Contains("signalstream_predictor_absolute_error_ms_total{forecast=\"naive\"} 1200\n", lines, StringComparison.Ordinal);
    }

    private ForecastEvent? Beat(double rrMs)
    {
        _index += (ulong)(rrMs / 4);
        return _stream.Process(BeatAt(_index, rrMs));
    }

    private static BeatEvent BeatAt(ulong index, double rrMs, uint epoch = 1) =>
        new(new EventPlace(Bed, epoch, index, 0), "beats/1", rrMs, 1, 90, 1, BeatKind.Normal);
}
