using System.Globalization;
using System.Text.Json;
using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

public sealed class HistoryTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    private const int Many = 20_000;

    [SkippableFact]
    public async Task Get_WithoutARange_IsTheLastThousandInOrder()
    {
        await using var gateway = await StartAsync();
        await using var line = await Line.OpenAsync(gateway, nats, "net.tail");
        await using var busy = await Line.OpenAsync(gateway, nats, "net.tail-busy");
        // Streams share the log, unevenly.
        await line.PublishAsync(0, 3000);
        await busy.PublishAsync(0, Many);
        await line.PublishAsync(3000, Many);
        var items = await ItemsAsync(gateway, "net.tail");
        Assert.Equal(Enumerable.Range(Many - 1000, 1000), items.Select(i => i.GetProperty("index").GetInt32()));
        Assert.Equal(Enumerable.Range(Many - 7, 7), (await ItemsAsync(gateway, "net.tail", "limit=7")).Select(i => i.GetProperty("index").GetInt32()));
        Assert.Equal(Enumerable.Range(0, Many), (await ItemsAsync(gateway, "net.tail", $"limit={2 * Many}")).Select(i => i.GetProperty("index").GetInt32()));
    }

    [SkippableFact]
    public async Task Get_FromPageToPage_HasEachReadingOnce()
    {
        await using var gateway = await StartAsync();
        await using var line = await Line.OpenAsync(gateway, nats, "net.pages");
        await line.PublishAsync(0, 1000);
        var (indices, next) = (new List<int>(), Text(line.At(100)));
        while (next is not null)
        {
            var (_, text, _) = await gateway.GetAsync($"/api/v1/streams/net.pages/history?from={next}&to={Text(line.At(899))}&limit=97");
            var page = JsonDocument.Parse(text).RootElement;
            Assert.InRange(page.GetProperty("items").GetArrayLength(), 1, 97);
            indices.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("index").GetInt32()));
            next = page.TryGetProperty("next", out var told) ? told.GetString() : null;
        }

        Assert.Equal(Enumerable.Range(100, 800), indices);
    }

    [SkippableFact]
    public async Task Get_AsCsv_HasAHeaderAndARowAReadingAndNoNumberForALostOne()
    {
        await using var gateway = await StartAsync();
        await using var line = await Line.OpenAsync(gateway, nats, "net.csv");
        await line.PublishAsync(0, 30);
        var (status, text, answer) = await gateway.GetAsync("/api/v1/streams/net.csv/history?format=csv&limit=30");
        Assert.Equal((200, "text/csv"), (status, answer.Content.Headers.ContentType?.MediaType));
        var rows = text.TrimEnd().Split("\r\n").Select(row => row.Split(',')).ToArray();
        Assert.Equal(31, rows.Length);
        var (rtt, outcome) = (Array.IndexOf(rows[0], "rtt_ms"), Array.IndexOf(rows[0], "outcome"));
        Assert.Equal(("timed_out", ""), (rows[1][outcome], rows[1][rtt]));
        Assert.Equal(("answered", "1.25"), (rows[2][outcome], rows[2][rtt]));
        Assert.Equal(Text(line.At(5)), Text(DateTimeOffset.Parse(rows[6][0], CultureInfo.InvariantCulture)));
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
    }

    [SkippableFact]
    public async Task Get_OfOtherTypes_ComesOutOfTheirLogs()
    {
        await using var gateway = await StartAsync();
        await using var line = await Line.OpenAsync(gateway, nats, "ecg.types");
        await gateway.PublishAsync(line.Stream, Frames.Wave(0));
        await gateway.PublishAsync(line.Stream, Frames.Wave(10));
        await gateway.PublishAsync(Frames.Rate(line.Stream, 5, 61.5));
        await Eventually.TrueAsync(async () => (await ItemsAsync(gateway, "ecg.types", "type=finding")).Count == 1);
        Assert.Equal(61.5, (await ItemsAsync(gateway, "ecg.types", "type=finding"))[0].GetProperty("heartRate").GetProperty("bpm").GetDouble());
        var findings = (await gateway.GetAsync("/api/v1/streams/ecg.types/history?type=finding&format=csv")).Text;
        Assert.Contains(",heartRate,bpm,61.5\r\n", findings, StringComparison.Ordinal);
        Assert.Equal([0, 10], (await ItemsAsync(gateway, "ecg.types")).Select(i => i.GetProperty("index").GetInt32()));
        var waves = (await gateway.GetAsync("/api/v1/streams/ecg.types/history?format=csv")).Text.TrimEnd().Split("\r\n");
        Assert.Equal("time,epoch,index,II", waves[0]);
        Assert.Equal(20, waves.Length - 1);
        Assert.EndsWith($",{Frames.Epoch},19,19", waves[^1], StringComparison.Ordinal);
        Assert.Empty(await ItemsAsync(gateway, "ecg.types", "type=alert"));
    }

    [SkippableFact]
    public async Task Get_OfAMarket_IsItsBars()
    {
        await using var gateway = await StartAsync();
        await using var line = await Line.OpenAsync(gateway, nats, "market.BARS");
        await using var bus = new NatsConnection(NatsOpts.Default with { Url = (await nats.ServerAsync()).Url });
        // Years ago: what counts is the bars' own time.
        var start = new DateTimeOffset(2015, 1, 2, 0, 0, 0, TimeSpan.Zero);
        for (var day = 0; day < 10; day++)
        {
            var bar = new PriceReading(1, (ulong)day, EventTime.Of(start.AddDays(day)), 100 + day, 102, 99, 101 + day, 5000) { Currency = "USD" };
            await bus.PublishAsync(Subjects.Of(SignalType.Reading, line.Stream), PriceCodec.Encode(bar));
        }

        await bus.PingAsync();
        Assert.Equal(Enumerable.Range(101, 10), (await ItemsAsync(gateway, "market.BARS")).Select(i => i.GetProperty("close").GetInt32()));
        var days = await ItemsAsync(gateway, "market.BARS", "from=2015-01-04T00:00:00Z&to=2015-01-06T00:00:00Z");
        Assert.Equal([2, 3, 4], days.Select(i => i.GetProperty("index").GetInt32()));
        var csv = (await gateway.GetAsync("/api/v1/streams/market.BARS/history?format=csv&limit=1")).Text.Split("\r\n");
        Assert.StartsWith("time,epoch,index,open,high,low,close,volume,", csv[0], StringComparison.Ordinal);
        Assert.StartsWith("2015-01-11T00:00:00.000000Z,1,9,109,102,99,110,5000,", csv[1], StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(400, "net.asked", "type=beat", "type=\"beat\": wave, reading, finding, forecast, alert are known.")]
    [InlineData(400, "ecg.asked", "type=reading", "type=reading: ecg.asked has none")]
    [InlineData(400, "net.asked", "from=yesterday", "from=\"yesterday\": a time is as in RFC 3339")]
    [InlineData(400, "net.asked", "to=2026-01-01", "to=\"2026-01-01\": a time is as in RFC 3339")]
    [InlineData(400, "net.asked", "from=-1m&to=-2m", "from must not be after to")]
    [InlineData(400, "net.asked", "limit=0", "limit=\"0\": it must be from 1 to 1000000.")]
    [InlineData(400, "net.asked", "limit=1e3", "limit=\"1e3\"")]
    [InlineData(400, "net.asked", "format=xml", "format=\"xml\": json and csv are known.")]
    [InlineData(400, "net.asked", "form=-1m", "\"form\": type, from, to, limit, format are known.")]
    [InlineData(400, "net.asked", "limit=1&limit=2", "limit is given 2 times")]
    [InlineData(400, "nodot", "", "\"nodot\" is no stream name")]
    [InlineData(404, "net.nobody", "", "net.nobody is not in the catalog.")]
    public async Task Get_WhatBreaksARule_IsAProblemThatNamesIt(int status, string stream, string query, string detail)
    {
        await using var gateway = await StartAsync();
        await gateway.AddStreamAsync("net.asked");
        await gateway.AddStreamAsync("ecg.asked");
        var (actual, text, _) = await gateway.GetAsync($"/api/v1/streams/{stream}/history?{query}");
        Assert.Equal(status, actual);
        Assert.Contains(detail, JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Get_TheClientLeaves_ReadingStopsAndTheTurnIsFree()
    {
        await using var gateway = await StartAsync("History:MessagesPerSecond=2000", "History:Readers=1", "History:Waiting=0");
        await using var line = await Line.OpenAsync(gateway, nats, "net.leaves");
        await line.PublishAsync(0, Many);
        using (var http = new HttpClient { BaseAddress = gateway.Address })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/streams/net.leaves/history?limit={Many}");
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await (await answer.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[1000]);
            var (status, text, busy) = await gateway.GetAsync("/api/v1/streams/net.leaves/history?limit=1");
            Assert.Equal((429, "1"), (status, busy.Headers.RetryAfter?.ToString()));
            Assert.Contains("1 requests read the logs", text, StringComparison.Ordinal);
        }

        await Eventually.TrueAsync(async () => await gateway.MetricAsync("signalstream_gateway_history_requests_total{outcome=\"left\"}") == 1);
        Assert.Equal(0, await gateway.MetricAsync("signalstream_gateway_history_readers"));
        Assert.InRange(await gateway.MetricAsync("signalstream_gateway_history_messages_total"), 1, Many / 2);
        Assert.Single(await ItemsAsync(gateway, "net.leaves", "limit=1"));
    }

    [SkippableFact]
    public async Task Get_TheClientDoesNotRead_TheLogIsReadNoFurtherAndTheAnswerIsCut()
    {
        await using var gateway = await StartAsync("History:Seconds=2", "History:MessagesPerSecond=10000000");
        await using var line = await Line.OpenAsync(gateway, nats, "net.stuck");
        await line.PublishAsync(0, Many, new string('x', 2000));
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/streams/net.stuck/history?limit={Many}");
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await Eventually.TrueAsync(async () => await gateway.MetricAsync("signalstream_gateway_history_requests_total{outcome=\"cut\"}") == 1);
        // 40 MB are due; what is on its way is in the sockets.
        Assert.InRange(await gateway.MetricAsync("signalstream_gateway_history_messages_total"), 1, Many * 0.8);
        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsStringAsync());
    }

    [SkippableFact]
    public async Task Get_OneAddressDoesNotRead_AnotherIsAnswered()
    {
        await using var gateway = await StartAsync(
            "History:Readers=2", "History:ReadersPerAddress=1", "History:MessagesPerSecond=10000000", "Gateway:TrustedProxies:0=127.0.0.0/8");
        await using var line = await Line.OpenAsync(gateway, nats, "net.slow");
        await line.PublishAsync(0, Many, new string('x', 2000));
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var stuck = await AskAsync(http, "203.0.113.7", Many);
        var waiting = AskAsync(http, "203.0.113.7", Many);
        await Eventually.TrueAsync(async () => await gateway.MetricAsync("signalstream_gateway_history_readers") == 1);
        using var other = await AskAsync(http, "203.0.113.8", 1);
        Assert.Equal(200, (int)other.StatusCode);
        Assert.Contains("net.slow", await other.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(waiting.IsCompleted);
        stuck.Dispose(); // It leaves, and its next one has the turn.
        (await waiting).Dispose();
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient http, string address, int limit)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/streams/net.slow/history?limit={limit}");
        request.Headers.Add("X-Forwarded-For", address);
        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<IReadOnlyList<JsonElement>> ItemsAsync(GatewayHost gateway, string stream, string query = "")
    {
        var (status, text, _) = await gateway.GetAsync($"/api/v1/streams/{stream}/history?{query}");
        Assert.Equal(200, status);
        return [.. JsonDocument.Parse(text).RootElement.GetProperty("items").EnumerateArray()];
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private async Task<GatewayHost> StartAsync(params string[] settings) => await GatewayHost.StartAsync((await nats.ServerAsync()).Url, settings);
}

/// <summary>A network target's readings, half a second apart and up to now; every tenth is lost, the others take 0.25 ms more each up to 10.</summary>
internal sealed class Line : IAsyncDisposable
{
    private readonly NatsConnection _bus;
    private readonly DateTimeOffset _start;

    private Line(StreamId stream, NatsConnection bus)
    {
        (Stream, _bus) = (stream, bus);
        // Whole microseconds, as CSV has them.
        _start = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()).AddMinutes(-50);
    }

    public StreamId Stream { get; }

    public static async Task<Line> OpenAsync(GatewayHost gateway, NatsFixture nats, string name)
    {
        var bus = new NatsConnection(NatsOpts.Default with { Url = (await nats.ServerAsync()).Url });
        return new Line(await gateway.AddStreamAsync(name), bus);
    }

    public DateTimeOffset At(int index) => _start.AddMilliseconds(500 * (index % 6000));

    public async Task PublishAsync(int from, int to, string? error = null)
    {
        var subject = Subjects.Of(SignalType.Reading, Stream);
        for (var i = from; i < to; i++)
            await _bus.PublishAsync(subject, ReadingCodec.Encode(Reading(i) with { Error = error }));
        // The server has taken in what came before.
        await _bus.PingAsync();
    }

    public ProbeReading Reading(int index) => new(
        Frames.Epoch, (ulong)index, EventTime.Of(At(index)), ProbeKind.Tcp, index % 10 == 0 ? ProbeOutcome.TimedOut : ProbeOutcome.Answered,
        index % 10 == 0 ? 0 : 1 + (index % 40 * 0.25))
    {
        Target = "127.0.0.1:1",
        Region = "here",
    };

    public Task PublishAsync(SignalEvent happened) =>
        _bus.PublishAsync(Subjects.Of(happened.Type, Stream), EventCodec.Encode(happened)).AsTask();

    public ValueTask DisposeAsync() => _bus.DisposeAsync();
}
