using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;
using SignalStream.TestKit;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.IntegrationTests.EndToEnd;

/// <summary>From a simulated market to a viewer's outlook.</summary>
[Collection(nameof(EndToEndGroup))]
public sealed class MarketTests
{
    [SkippableFact]
    public async Task Simulator_ThroughAllServices_ReachesTheViewerAsOutlooksAndRecords()
    {
        await using var system = await RunningSystem.StartAsync();
        await system.AddAsync("predictor");
        var gateway = await system.AddAsync("gateway");
        await using var viewer = await ViewerClient.ConnectAsync(gateway.Address);
        await viewer.SubscribeAsync("market.*");
        await system.AddAsync(
            "producer", "Ecg:Beds=0", "Market:Source=Simulator", "Market:Symbols=AAPL,MSFT", "Market:UpdateIntervalSeconds=0.1", "Market:WarmUpBars=80");

        await Eventually.TrueAsync(() => Outlooks(viewer, "market.MSFT").Length > 40, TimeSpan.FromSeconds(60));
        var outlooks = Outlooks(viewer, "market.MSFT");
        Assert.All(outlooks, e => Assert.True(e.PriceOutlook.Simulated));
        Assert.Equal(outlooks.Select(e => e.Index).Distinct().Order(), outlooks.Select(e => e.Index));
        Assert.Equal([1U, 3U, 6U, 12U], outlooks[^1].PriceOutlook.Horizons.Select(h => h.Steps));
        Assert.NotEmpty(Outlooks(viewer, "market.AAPL"));
        var records = viewer.Events.Where(e => e.ModelRecord is not null).Select(e => e.ModelRecord.Model).Distinct().Order();
        Assert.Equal(["price-1", "price-2"], records);

        await AssertAnalyticsAsync(gateway.Address);
        await AssertOlderFormAsync(gateway.Address);
    }

    [SkippableFact]
    public async Task Simulator_LogThatIsAheadOfTheClock_BeginsAboveItsLastEpoch()
    {
        await using var system = await RunningSystem.StartAsync();
        await using var nats = new NatsConnection(system.Nats.ClientOptions);
        // The producer makes the log.
        var first = await system.AddAsync("producer", "Ecg:Beds=0");
        await first.StopAsync();
        var ahead = (uint)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 3600;
        var (log, stream) = (new ReadingLog(nats, TimeProvider.System), new StreamId("market", "AAPL"));
        var bar = new PriceReading(ahead, 0, 1, 100, 101, 99, 100, 1);
        await log.PublishAsync(stream, $"{ahead}/0", PriceCodec.Encode(bar), Assert.Fail, CancellationToken.None);

        await system.AddAsync("producer", "Ecg:Beds=0", "Market:Source=Simulator", "Market:Symbols=AAPL", "Market:WarmUpBars=10");
        await Eventually.TrueAsync(async () => await LastEpochAsync(log, stream) == ahead + 1, TimeSpan.FromSeconds(60));
    }

    private static async Task<uint> LastEpochAsync(ReadingLog log, StreamId stream)
    {
        var last = await log.FindLastAsync(stream, CancellationToken.None);
        Assert.True(PriceCodec.TryDecode(last!.Value.Data.Span, out var bar, out var error), error);
        return bar!.Epoch;
    }

    [SkippableFact]
    public async Task OlderForm_AHundredClientsAtOnce_EachIsTold()
    {
        await using var system = await RunningSystem.StartAsync();
        await system.AddAsync("predictor");
        var gateway = await system.AddAsync("gateway");
        await using var viewer = await ViewerClient.ConnectAsync(gateway.Address);
        await viewer.SubscribeAsync("market.*");
        await system.AddAsync(
            "producer", "Ecg:Beds=0", "Market:Source=Simulator", "Market:Symbols=AAPL", "Market:UpdateIntervalSeconds=0.2", "Market:WarmUpBars=80");
        await Eventually.TrueAsync(() => Outlooks(viewer, "market.AAPL").Length > 0, TimeSpan.FromSeconds(60));

        var told = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => ToldAsync(gateway.Address)));
        Assert.All(told, types => Assert.Equal(["initial_data", "live_predictions"], types));
    }

    /// <summary>The older form's types that came, in their order, up to the first forecast that is live.</summary>
    private static async Task<IReadOnlyList<string>> ToldAsync(Uri gateway)
    {
        using var socket = new ClientWebSocket();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await socket.ConnectAsync(new UriBuilder(gateway) { Scheme = "ws", Path = "/ws", Query = "format=json" }.Uri, patience.Token);
        var types = new List<string>();
        while (!types.Contains("live_predictions"))
        {
            var message = await ReadAsync(socket, patience.Token);
            if (message.TryGetProperty("predictions", out var predictions))
            {
                Assert.Equal("AAPL", Assert.Single(predictions.EnumerateArray()).GetProperty("symbol").GetString());
                types.Add(message.GetProperty("type").GetString()!);
            }
        }

        return types;
    }

    private static async Task AssertAnalyticsAsync(Uri gateway)
    {
        using var http = new HttpClient();
        using var answer = JsonDocument.Parse(await http.GetStringAsync(new Uri(gateway, "api/v1/analytics")));
        var stream = answer.RootElement.GetProperty("streams").EnumerateArray().Single(s => s.GetProperty("stream").GetString() == "market.MSFT");
        var shown = stream.GetProperty("models").EnumerateArray().Single(m => m.GetProperty("shown").GetBoolean());
        Assert.Equal("price-2", shown.GetProperty("model").GetString());
        Assert.InRange(shown.GetProperty("horizons")[0].GetProperty("covered90").GetDouble(), 0.5, 1);
    }

    private static async Task AssertOlderFormAsync(Uri gateway)
    {
        using var socket = new ClientWebSocket();
        var address = new UriBuilder(gateway) { Scheme = "ws", Path = "/ws", Query = "format=json" }.Uri;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await socket.ConnectAsync(address, patience.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes("""{"cmd":"get_status","id":7}"""), WebSocketMessageType.Text, true, patience.Token);
        var seen = new Dictionary<string, JsonElement>();
        while (!seen.ContainsKey("initial_data") || !seen.ContainsKey("status") || !seen.ContainsKey("live_predictions"))
        {
            var message = await ReadAsync(socket, patience.Token);
            seen[message.GetProperty("type").GetString()!] = message;
        }

        Assert.Equal(["AAPL", "MSFT"], seen["initial_data"].GetProperty("predictions").EnumerateArray().Select(p => p.GetProperty("symbol").GetString()));
        Assert.True(seen["status"].GetProperty("streaming").GetBoolean());
        Assert.Equal(0.1, seen["status"].GetProperty("update_interval").GetDouble(), 3);
        var live = seen["live_predictions"].GetProperty("predictions")[0];
        foreach (var field in (string[])["symbol", "timestamp", "predicted_price", "current_price", "predicted_change_pct", "confidence_score",
            "trend_direction", "volatility_score", "features_used", "model_version", "processing_time_ms"])
        {
            Assert.True(live.TryGetProperty(field, out _), field);
        }

        Assert.InRange(live.GetProperty("confidence_score").GetDouble(), 0.5, 1);
    }

    private static async Task<JsonElement> ReadAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 18];
        var length = 0;
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(new ArraySegment<byte>(buffer, length, buffer.Length - length), cancellationToken);
            length += part.Count;
        }
        while (!part.EndOfMessage);
        return JsonDocument.Parse(buffer.AsMemory(0, length)).RootElement.Clone();
    }

    private static V1.Event[] Outlooks(ViewerClient viewer, string stream) =>
        [.. viewer.Events.Where(e => e.PriceOutlook is not null && e.Stream == stream)];
}
