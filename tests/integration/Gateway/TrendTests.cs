using System.Text.Json;
using SignalStream.Messaging;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

public sealed class TrendTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task Get_OfReadings_AreColumnsWithLossAndQuantiles()
    {
        await using var gateway = await StartAsync();
        await using var line = await Line.OpenAsync(gateway, nats, "net.columns");
        await line.PublishAsync(0, 2000);
        var trend = await TrendAsync(gateway, "net.columns", "from=-1h&step=20s");
        Assert.Equal(("readings", 20_000), (trend.GetProperty("source").GetString(), trend.GetProperty("stepMs").GetInt32()));
        Assert.Equal("time,readings,lost,min,p10,p25,p50,p75,p90,p95,max", string.Join(',', trend.GetProperty("columns").EnumerateArray()));
        var rows = Rows(trend);
        Assert.Equal((2000, 200), (rows.Sum(r => r[1]!.Value), rows.Sum(r => r[2]!.Value)));
        Assert.All(rows, r => Assert.Equal(0, r[0]!.Value % 20_000));
        // 40 readings in each but the first and the last: 1.25 to 10.75 ms, less those at 3.5, 6 and 8.5.
        Assert.All(rows[1..^1], r => Assert.Equal((40, 4, 1.25, 10.75), (r[1], r[2], r[3], r[^1])));
        Assert.All(rows[1..^1], r => Assert.Equal(6, r[6]!.Value, 0.01));
    }

    [SkippableFact]
    public async Task Get_OfFindings_TakesWindowsThatDoNotOverlapAndTheAnomalies()
    {
        await using var gateway = await StartAsync();
        await using var line = await Line.OpenAsync(gateway, nats, "net.windows");
        for (var i = 0; i < 600; i++)
        {
            var window = new LatencyWindow(10, 20, 5, 10, 20, 28, 8, 30, 1, 1, 0, 4.2, LineQuality.Good);
            await line.PublishAsync(new LatencyStatisticsEvent(PlaceOf(line, 2 * i), "latency-1", [window]));
        }

        var anomaly = new AnomalyEvent(PlaceOf(line, 300), "line-1", "rtt_ms", "level", EventTime.Of(line.At(280)), null, 0.9, "it is above the usual");
        await line.PublishAsync(anomaly);
        await line.PublishAsync(anomaly with { Place = PlaceOf(line, 400), EndNs = EventTime.Of(line.At(390)) });
        await line.PublishAsync(0, 1);
        var trend = await TrendAsync(gateway, "net.windows", "from=-2h&step=1m");
        Assert.Equal("findings", trend.GetProperty("source").GetString());
        Assert.True(trend.GetProperty("logSince").GetDouble() > 0);
        var rows = Rows(trend);
        // 600 s in windows of 10 s: 60 of them, 20 readings each.
        Assert.InRange(rows.Sum(r => r[1]!.Value), 1160, 1220);
        Assert.All(rows, r => Assert.Equal(0.25, r[2]!.Value / r[1]!.Value));
        Assert.All(rows, r => Assert.Equal(10, r[6]!.Value, 0.5));
        Assert.All(rows, r => Assert.InRange(r[9]!.Value, 18, 28));
        var told = Assert.Single(trend.GetProperty("anomalies").EnumerateArray());
        Assert.Equal(("level", EventTime.Milliseconds(EventTime.Of(line.At(390)))), (told.GetProperty("form").GetString(), told.GetProperty("end").GetDouble()));
    }

    [SkippableTheory]
    [InlineData("ecg.asked", "", "ecg.asked is no network target")]
    [InlineData("net.asked", "step=1ms", "step=\"1ms\": it must be from 100 ms to 1 h")]
    [InlineData("net.asked", "source=findings&step=1s", "step=\"1s\": it must be from 10000 ms (of findings)")]
    [InlineData("net.asked", "from=-24h&step=10s", "8640 columns of 10000 ms: at most 5000.")]
    [InlineData("net.asked", "source=log", "source=\"log\": readings and findings are known.")]
    [InlineData("net.asked", "limit=5", "\"limit\": from, to, step, source are known.")]
    public async Task Get_WhatBreaksARule_IsAProblemThatNamesIt(string stream, string query, string detail)
    {
        await using var gateway = await StartAsync();
        await gateway.AddStreamAsync("net.asked");
        await gateway.AddStreamAsync("ecg.asked");
        var (status, text, _) = await gateway.GetAsync($"/api/v1/streams/{stream}/trend?{query}");
        Assert.Equal(400, status);
        Assert.Contains(detail, JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static EventPlace PlaceOf(Line line, int index) => new(line.Stream, Frames.Epoch, (ulong)index, EventTime.Of(line.At(index)));

    private static double?[][] Rows(JsonElement trend) =>
        [.. trend.GetProperty("rows").EnumerateArray().Select(row => row.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? default(double?) : v.GetDouble()).ToArray())];

    private static async Task<JsonElement> TrendAsync(GatewayHost gateway, string stream, string query)
    {
        var (status, text, _) = await gateway.GetAsync($"/api/v1/streams/{stream}/trend?{query}");
        Assert.Equal(200, status);
        return JsonDocument.Parse(text).RootElement;
    }

    private async Task<GatewayHost> StartAsync(params string[] settings) => await GatewayHost.StartAsync((await nats.ServerAsync()).Url, settings);
}
