using System.Buffers.Binary;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

/// <summary>Each limit on the endpoint itself, and the metric that tells of it.</summary>
public class LimitTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    private const string Refused = "signalstream_gateway_connections_refused_total";
    private const string Closed = "signalstream_gateway_viewers_closed_total";

    [SkippableFact]
    public async Task Connect_MoreThanAnAddressMay_IsClosedWith4009AndOthersAreNot()
    {
        await using var gateway = await StartAsync("WebSockets:MaxConnectionsPerAddress=2", "Gateway:TrustedProxies:0=127.0.0.0/8");
        var first = await ConnectAsync(gateway, "203.0.113.7");
        await using var second = await ConnectAsync(gateway, "198.51.100.1, 203.0.113.7");
        await using var third = await TestViewer.ConnectAsync(gateway, forwardedFor: "203.0.113.7");
        await third.Ended;
        Assert.Equal((4009, "Too many connections from one address: 2 are allowed."), ((int?)third.ClosedWith, third.ClosedBecause));
        await using var other = await ConnectAsync(gateway, "203.0.113.8");
        Assert.Equal(1, await gateway.MetricAsync($"{Refused}{{reason=\"address\"}}"));

        await first.DisposeAsync();
        await Eventually.TrueAsync(async () => await gateway.MetricAsync("signalstream_gateway_viewers") == 2);
        await using var later = await ConnectAsync(gateway, "203.0.113.7");
    }

    [SkippableFact]
    public async Task Connect_ForwardedByNobodyTrusted_IsNotCountedForThatAddress()
    {
        await using var gateway = await StartAsync("WebSockets:MaxConnectionsPerAddress=1", "Gateway:TrustedProxies:0=10.0.0.1");
        await using var first = await ConnectAsync(gateway, "203.0.113.7");
        await using var second = await ConnectAsync(gateway, "203.0.113.7");
    }

    [SkippableFact]
    public async Task Connect_MoreThanMayBeThere_IsCounted()
    {
        await using var gateway = await StartAsync("WebSockets:MaxConnections=1");
        await using var first = await ConnectAsync(gateway);
        await using var second = await TestViewer.ConnectAsync(gateway);
        await second.Ended;
        Assert.Equal(1, await gateway.MetricAsync($"{Refused}{{reason=\"too_many\"}}"));
    }

    [SkippableFact]
    public async Task Connect_HeadThatDoesNotEnd_IsCutAfterTheHandshakesTime()
    {
        await using var gateway = await StartAsync("WebSockets:HandshakeSeconds=1");
        using var connection = await OpenAsync(gateway, "GET /ws HTTP/1.1\r\nHost: x\r\n");
        await ReadToEndAsync(connection);
        await Eventually.TrueAsync(async () => await gateway.MetricAsync($"{Refused}{{reason=\"handshake_timeout\"}}") == 1);
    }

    [SkippableFact]
    public async Task Connect_MoreThatAreNoViewersThanAllowed_AreCut()
    {
        await using var gateway = await StartAsync("WebSockets:MaxHttpConnections=3");
        await using var viewer = await ConnectAsync(gateway);
        var waiting = new List<TcpClient>();
        for (var i = 0; i < 4; i++)
            waiting.Add(await OpenAsync(gateway, "GET"));
        // Whichever came too late: at most two of the four have a place beside the client that reads the metrics.
        await Task.WhenAny(waiting.Select(ReadToEndAsync));
        waiting.ForEach(connection => connection.Dispose());
        await Eventually.TrueAsync(async () => await gateway.MetricAsync($"{Refused}{{reason=\"http_connections\"}}") >= 1);
        await viewer.AskAsync("""{"cmd":"status"}""", "status");
    }

    [SkippableFact]
    public async Task Send_CommandsFasterThanAllowed_AreRefusedAndThenCloseTheConnection()
    {
        await using var gateway = await StartAsync("WebSockets:MaxCommandsPerSecond=5", "WebSockets:ErrorsPerMinute=3");
        await using var viewer = await ConnectAsync(gateway);
        for (var i = 0; i < 20; i++)
            await viewer.SendAsync("""{"cmd":"status"}""");
        Assert.Equal("too_fast", (await viewer.NextAsync("error")).GetProperty("code").GetString());
        await viewer.Ended;
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, viewer.ClosedWith);
        Assert.True(await gateway.MetricAsync("signalstream_gateway_command_errors_total{code=\"too_fast\"}") >= 3);
        Assert.Equal(1, await gateway.MetricAsync($"{Closed}{{reason=\"policy\"}}"));
    }

    [SkippableFact]
    public async Task Send_PingsFasterThanAllowed_CloseTheConnection()
    {
        await using var gateway = await StartAsync("WebSockets:MaxCommandsPerSecond=5");
        using var viewer = await RawViewer.ConnectAsync(gateway);
        for (var i = 0; i < 20; i++)
            await viewer.SendAsync(0x89, [1]);
        Assert.Equal(1008, BinaryPrimitives.ReadUInt16BigEndian(await viewer.ReadToAsync(8)));
        Assert.Equal(1, await gateway.MetricAsync($"{Closed}{{reason=\"too_fast\"}}"));
    }

    [SkippableFact]
    public async Task Idle_NothingSubscribedAndNothingAsked_IsClosedAndASubscribedViewerIsNot()
    {
        await using var gateway = await StartAsync("WebSockets:IdleSeconds=1");
        await gateway.AddStreamAsync("ecg.idle");
        await using var subscribed = await TestViewer.SubscribedAsync(gateway, "ecg.idle");
        await using var idle = await ConnectAsync(gateway);
        await idle.Ended;
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, idle.ClosedWith);
        Assert.Equal(1, await gateway.MetricAsync($"{Closed}{{reason=\"idle\"}}"));
        await subscribed.AskAsync("""{"cmd":"status"}""", "status");
    }

    [SkippableFact]
    public async Task Ping_Answered_TheViewerStaysAndOneThatDoesNotAnswerIsLeft()
    {
        await using var gateway = await StartAsync("WebSockets:PingSeconds=1", "WebSockets:PongSeconds=1");
        await gateway.AddStreamAsync("ecg.pong");
        using var silent = await RawViewer.SubscribeAsync(gateway, "ecg.pong");
        using var viewer = await RawViewer.SubscribeAsync(gateway, "ecg.pong");
        for (var pings = 0; pings < 4; pings++)
            await viewer.SendAsync(0x8A, await viewer.ReadToAsync(9));
        Assert.Equal(1, await gateway.MetricAsync($"{Closed}{{reason=\"silent\"}}"));
        Assert.Equal(1, await gateway.MetricAsync("signalstream_gateway_viewers"));
    }

    [SkippableFact]
    public async Task Connect_CompressionOffered_IsNotTaken()
    {
        await using var gateway = await StartAsync();
        using var viewer = await RawViewer.ConnectAsync(gateway, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
        Assert.DoesNotContain("Extensions", viewer.Head, StringComparison.OrdinalIgnoreCase);
    }

    [SkippableFact]
    public async Task Connect_PageOfAnotherSite_IsCounted()
    {
        await using var gateway = await StartAsync();
        await using var viewer = await TestViewer.ConnectAsync(gateway, origin: "https://evil.example");
        Assert.Equal(403, viewer.Status);
        Assert.Equal(1, await gateway.MetricAsync($"{Refused}{{reason=\"origin\"}}"));
    }

    [SkippableFact]
    public async Task Send_MessageOverTheBound_IsCounted()
    {
        await using var gateway = await StartAsync("WebSockets:MaxMessageBytes=1000");
        await using var viewer = await ConnectAsync(gateway);
        await viewer.SendAsync(new string(' ', 1001));
        await viewer.Ended;
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, viewer.ClosedWith);
        Assert.Equal(1, await gateway.MetricAsync($"{Closed}{{reason=\"too_big\"}}"));
    }

    [SkippableTheory]
    [InlineData("Gateway:TrustedProxies:0=10.0.0.0/99", "Gateway:TrustedProxies:0 is 10.0.0.0/99")]
    [InlineData("WebSockets:AllowedOrigins:0=https://ward.example/", "WebSockets:AllowedOrigins:0 is https://ward.example/")]
    public async Task Start_SettingThatCannotBe_IsRefused(string setting, string named)
    {
        var url = (await nats.ServerAsync()).Url;
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => GatewayHost.StartAsync(url, setting));
        Assert.Contains(named, refused.ToString(), StringComparison.Ordinal);
    }

    private static async Task<TestViewer> ConnectAsync(GatewayHost gateway, string? forwardedFor = null)
    {
        var viewer = await TestViewer.ConnectAsync(gateway, forwardedFor: forwardedFor);
        await viewer.NextAsync("hello");
        return viewer;
    }

    private static async Task<TcpClient> OpenAsync(GatewayHost gateway, string text)
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
        return connection;
    }

    private static async Task ReadToEndAsync(TcpClient connection)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        var buffer = new byte[1024];
        try
        {
            while (await connection.GetStream().ReadAsync(buffer, patience.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset: cut as well.
        }
    }

    private async Task<GatewayHost> StartAsync(params string[] settings) =>
        await GatewayHost.StartAsync((await nats.ServerAsync()).Url, settings);
}
