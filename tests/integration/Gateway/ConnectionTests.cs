using System.Net.WebSockets;
using System.Text.Json;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

public class ConnectionTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task Connect_WithTheSubprotocol_IsGreeted()
    {
        await using var gateway = await StartAsync();
        await using var viewer = await TestViewer.ConnectAsync(gateway);
        var hello = await viewer.NextAsync("hello");
        Assert.Equal("signalstream.v1", hello.GetProperty("protocol").GetString());
        Assert.Equal("signalstream.v1", viewer.SubProtocol);
        Assert.True(hello.GetProperty("time").GetDouble() > 1.7e12);
    }

    [SkippableTheory]
    [InlineData(403, "http://evil.example", "signalstream.v1", "")]
    [InlineData(403, "null", null, "")]
    [InlineData(400, null, "mqtt", "")]
    [InlineData(400, null, null, "format=xml")]
    [InlineData(101, "https://ward.example", null, "")]
    [InlineData(101, null, null, "format=binary")]
    public async Task Connect_OriginProtocolAndFormat_AreChecked(int status, string? origin, string? protocol, string query)
    {
        await using var gateway = await StartAsync("WebSockets:AllowedOrigins:0=https://ward.example");
        await using var viewer = await TestViewer.ConnectAsync(gateway, query, origin, protocol);
        Assert.Equal(status, viewer.Status);
    }

    [SkippableFact]
    public async Task Connect_SameOrigin_IsTaken()
    {
        await using var gateway = await StartAsync();
        await using var viewer = await TestViewer.ConnectAsync(gateway, origin: gateway.Address.GetLeftPart(UriPartial.Authority));
        await viewer.NextAsync("hello");
    }

    [SkippableFact]
    public async Task Connect_MoreThanAllowed_IsClosedWith4009AndAPlaceIsFreeAgainLater()
    {
        await using var gateway = await StartAsync("WebSockets:MaxConnections=1");
        var first = await TestViewer.ConnectAsync(gateway);
        await first.NextAsync("hello");
        await using (var second = await TestViewer.ConnectAsync(gateway))
        {
            await second.Ended;
            Assert.Equal(4009, (int?)second.ClosedWith);
        }

        await first.DisposeAsync();
        await Eventually.TrueAsync(async () => await gateway.MetricAsync("signalstream_gateway_viewers") == 0);
        await using var third = await TestViewer.ConnectAsync(gateway);
        await third.NextAsync("hello");
    }

    [SkippableFact]
    public async Task Send_BadCommands_EachIsAnsweredAndCountedAndTheConnectionStays()
    {
        await using var gateway = await StartAsync();
        await gateway.AddStreamAsync("ecg.known");
        await using var viewer = await TestViewer.ConnectAsync(gateway);
        (string Code, string Command)[] bad =
        [
            ("bad_json", "no json"),
            ("bad_json", """{"id":1}"""),
            ("too_long", $$"""{"cmd":"status","id":"{{new string('x', 20_000)}}"}"""),
            ("unknown_command", """{"cmd":"dance"}"""),
            ("unknown_field", """{"cmd":"status","now":true}"""),
            ("bad_field", """{"cmd":"subscribe","streams":"ecg.known"}"""),
            ("bad_stream", """{"cmd":"subscribe","streams":["ecg known"]}"""),
            ("unknown_stream", """{"cmd":"subscribe","streams":["ecg.known","ecg.nobody"]}"""),
            ("unknown_stream", """{"cmd":"unsubscribe","streams":["ecg.known"]}"""),
            ("too_many", $$"""{"cmd":"subscribe","streams":[{{string.Join(',', Enumerable.Range(0, 65).Select(i => $"\"k{i}.*\""))}}]}"""),
        ];
        foreach (var (code, command) in bad)
        {
            var answer = await viewer.AskAsync(command, "error");
            Assert.Equal(code, answer.GetProperty("code").GetString());
            Assert.NotEmpty(answer.GetProperty("message").GetString()!);
        }

        Assert.Equal(2, await gateway.MetricAsync("signalstream_gateway_command_errors_total{code=\"bad_json\"}"));
        Assert.Equal(1, await gateway.MetricAsync("signalstream_gateway_command_errors_total{code=\"too_many\"}"));
        var status = await viewer.AskAsync("""{"cmd":"status","id":3}""", "status");
        Assert.Equal((3, "open", 1, 0), (
            status.GetProperty("id").GetInt32(), status.GetProperty("nats").GetString(),
            status.GetProperty("viewers").GetInt32(), status.GetProperty("streams").GetArrayLength()));
    }

    [SkippableFact]
    public async Task Subscribe_PatternOverMoreStreamsThanAllowed_IsRefusedAndLaterOnesAreTold()
    {
        await using var gateway = await StartAsync("WebSockets:MaxStreams=2");
        await gateway.AddStreamAsync("most.one");
        await gateway.AddStreamAsync("most.two");
        await using var viewer = await TestViewer.SubscribedAsync(gateway, "most.*");
        await gateway.AddStreamAsync("most.three");
        Assert.Equal("too_many", (await viewer.NextAsync("error")).GetProperty("code").GetString());

        await using var late = await TestViewer.ConnectAsync(gateway);
        var answer = await late.AskAsync("""{"cmd":"subscribe","streams":["most.*"]}""", "error");
        Assert.Equal("3 streams: a connection has at most 2.", answer.GetProperty("message").GetString());
    }

    [SkippableFact]
    public async Task Send_UnknownStreamWithAnId_IsNamedInTheAnswer()
    {
        await using var gateway = await StartAsync();
        await using var viewer = await TestViewer.ConnectAsync(gateway);
        var answer = await viewer.AskAsync("""{"cmd":"subscribe","id":"a","streams":["ecg.nobody"]}""", "error");
        Assert.Equal(("a", "ecg.nobody is not in the catalog."), (answer.GetProperty("id").GetString(), answer.GetProperty("message").GetString()));
    }

    [SkippableFact]
    public async Task Send_TwentyErrorsInAMinute_ClosesWith1008AfterAnsweringEach()
    {
        await using var gateway = await StartAsync();
        await using var viewer = await TestViewer.ConnectAsync(gateway);
        for (var i = 0; i < 20; i++)
            await viewer.AskAsync("?", "error");
        await viewer.Ended;
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "Rules were broken 20 times in a minute."), (viewer.ClosedWith, viewer.ClosedBecause));
    }

    [SkippableTheory]
    [InlineData(1003, WebSocketMessageType.Binary, 10)]
    [InlineData(1009, WebSocketMessageType.Text, 65_537)]
    public async Task Send_BinaryOrTooBig_Closes(int code, WebSocketMessageType type, int length)
    {
        await using var gateway = await StartAsync();
        await using var viewer = await TestViewer.ConnectAsync(gateway);
        await viewer.SendAsync(Enumerable.Repeat((byte)' ', length).ToArray(), type);
        await viewer.Ended;
        Assert.Equal(code, (int?)viewer.ClosedWith);
    }

    [SkippableFact]
    public async Task Send_Time_GivesTheGatewaysTimesAndTheViewersBack()
    {
        await using var gateway = await StartAsync();
        await using var viewer = await TestViewer.ConnectAsync(gateway);
        var hello = await viewer.NextAsync("hello");
        var answer = await viewer.AskAsync("""{"cmd":"time","id":4,"t0":123.4}""", "time");
        Assert.Equal((4, 123.4), (answer.GetProperty("id").GetInt32(), answer.GetProperty("t0").GetDouble()));
        Assert.True(hello.GetProperty("time").GetDouble() <= answer.GetProperty("t1").GetDouble());
        Assert.True(answer.GetProperty("t1").GetDouble() <= answer.GetProperty("t2").GetDouble());
    }

    [SkippableFact]
    public async Task Send_Status_GivesTheAccountsOfEachStream()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.accounts");
        await using var viewer = await TestViewer.SubscribedAsync(gateway, "ecg.accounts");
        var first = await gateway.PublishUntilReceivedAsync(stream, viewer);
        await gateway.PublishAsync(stream, Frames.Wave(first));
        var frames = await viewer.WavesAsync(2);
        var account = default(JsonElement);
        await Eventually.TrueAsync(async () =>
        {
            account = (await viewer.AskAsync("""{"cmd":"status"}""", "status")).GetProperty("streams")[0];
            return account.GetProperty("delivered").GetInt64() == frames.Count * (long)Frames.Samples;
        });
        Assert.Equal(("ecg.accounts", 0L), (account.GetProperty("stream").GetString(), account.GetProperty("dropped").GetInt64()));
    }

    [SkippableFact]
    public async Task Stop_WithViewers_EachGets1001AndAFrozenOneDoesNotHoldItUp()
    {
        await using var gateway = await StartAsync("Relay:CloseSeconds=1");
        await gateway.AddStreamAsync("ecg.stop");
        await using var viewer = await TestViewer.SubscribedAsync(gateway, "ecg.stop");
        using var frozen = await RawViewer.SubscribeAsync(gateway, "ecg.stop");
        await gateway.StopAsync().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        await viewer.Ended;
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, viewer.ClosedWith);
    }

    private async Task<GatewayHost> StartAsync(params string[] settings) =>
        await GatewayHost.StartAsync((await nats.ServerAsync()).Url, settings);
}
