using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text.Json;
using SignalStream.Processes;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

/// <summary>Compression at the endpoint itself: who gets it, and that what comes is the same.</summary>
public class CompressionTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    private const string Answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    private const string Subscribe = """{"cmd":"subscribe","streams":["ecg.packed"]}""";

    [SkippableTheory]
    [InlineData("", true, "")] // browsers offer it always
    [InlineData("compress=0", true, "")]
    [InlineData("compress=1", true, Answer)]
    [InlineData("compress=1", false, "")]
    public async Task Connect_OfferOfCompression_IsTakenWhenAskedForAndAllowed(string query, bool isAllowed, string extensions)
    {
        await using var gateway = await StartAsync($"WebSockets:Compression={isAllowed}");
        await using var viewer = await TestViewer.ConnectAsync(gateway, query, deflate: new WebSocketDeflateOptions());
        await viewer.NextAsync("hello");
        Assert.Equal(extensions, viewer.Extensions);
        Assert.Equal(extensions.Length > 0 ? 1 : 0, await gateway.MetricAsync("signalstream_gateway_connections_compressed_total"));
    }

    [SkippableFact]
    public async Task Connect_AskingWithoutAnOffer_GetsPlainMessages()
    {
        await using var gateway = await StartAsync();
        await using var viewer = await TestViewer.ConnectAsync(gateway, "compress=1");
        await viewer.AskAsync("""{"cmd":"status"}""", "status");
        Assert.Empty(viewer.Extensions);
        await using var wrong = await TestViewer.ConnectAsync(gateway, "compress=yes");
        Assert.Equal(400, wrong.Status);
    }

    [SkippableFact]
    public async Task Publish_CompressedViewerBesideAPlainOne_BothGetTheSame()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.packed");
        await using var plain = await TestViewer.SubscribedAsync(gateway, "ecg.packed");
        await using var packed = await TestViewer.ConnectAsync(gateway, "compress=1", deflate: new WebSocketDeflateOptions());
        // Long enough that the client compresses it as well.
        await packed.AskAsync($"{Subscribe}{new string(' ', 2000)}", "subscribed");
        var first = await gateway.PublishUntilReceivedAsync(stream, plain);
        for (var i = 0UL; i < 50; i++)
            await gateway.PublishAsync(stream, Flat(first + i * 200));
        await gateway.PublishAsync(Frames.Rate(stream, 1000, 61));
        await Eventually.TrueAsync(() => Long(plain).Count == 50 && Long(packed).Count == 50 && Events(plain).Count == 1 && Events(packed).Count == 1);
        Assert.Equal(Long(plain), Long(packed));
        Assert.Equal(Events(plain), Events(packed));
        Assert.InRange(await gateway.MetricAsync("signalstream_gateway_bytes_spared_total"), 50 * 700, 50 * 832);
    }

    [SkippableFact]
    public async Task Publish_CompressedViewerOfJson_GetsTheSameText()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.packed");
        await using var viewer = await TestViewer.ConnectAsync(gateway, "format=json&compress=1", deflate: new WebSocketDeflateOptions());
        await viewer.AskAsync(Subscribe, "subscribed");
        var samples = await SamplesAsync(gateway, stream, viewer);
        Assert.Equal(200, samples.GetProperty("values")[0].GetArrayLength());
        Assert.InRange(await gateway.MetricAsync("signalstream_gateway_bytes_spared_total"), 300, 1e5);
    }

    [SkippableFact]
    public async Task Send_Bomb_IsClosedAndCounted()
    {
        await using var gateway = await StartAsync();
        using var viewer = await RawViewer.ConnectAsync(gateway, Conformance.DeflateCases.Offer, "/ws?compress=1");
        await viewer.WriteAsync(Conformance.Frame.Of(1, MessageDeflate.Deflate(new byte[20 << 20]), reserved: 4).ToBytes());
        Assert.Equal(1009, BinaryPrimitives.ReadUInt16BigEndian(await viewer.ReadToAsync(8)));
        await Eventually.TrueAsync(async () => await gateway.MetricAsync("signalstream_gateway_viewers_closed_total{reason=\"inflated\"}") == 1);
    }

    /// <summary>Node's ws, the most used client outside browsers; the peers of the benchmark bring it.</summary>
    [SkippableFact]
    public async Task Subscribe_NodesWs_GetsWhatWasPublished()
    {
        const string Script = """
            import { createRequire } from "node:module";
            const { WebSocket } = createRequire(process.argv[1])("ws");
            const socket = new WebSocket(process.argv[2], "signalstream.v1", { perMessageDeflate: true });
            socket.on("open", () => socket.send(JSON.stringify({ cmd: "subscribe", streams: ["ecg.packed"], id: "x".repeat(60) })));
            socket.on("message", (data, isBinary) => console.log(isBinary ? `frame ${data.toString("hex")}` : `text ${data}`));
            socket.on("close", code => console.log(`closed ${code}`));
            socket.on("upgrade", answer => console.log(`extensions ${answer.headers["sec-websocket-extensions"]}`));
            """;
        var node = Requirement.Node();
        var modules = Repository.Path("tests/benchmarks/Relay/peers/node_modules/");
        Skip.IfNot(Directory.Exists(modules + "ws"), "Node's ws is not installed: npm ci --prefix tests/benchmarks/Relay/peers.");
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.packed");
        await using var plain = await TestViewer.SubscribedAsync(gateway, "ecg.packed");
        await using var client = ChildProcess.Start(
            node, ["--input-type=module", "-e", Script, modules, new UriBuilder(gateway.Address) { Scheme = "ws", Path = "/ws", Query = "compress=1" }.Uri.ToString()]);
        Assert.Equal($"extensions {Answer}", await LineAsync(client, "extensions"));
        await LineAsync(client, "text {\"type\":\"subscribed\"");
        var first = await gateway.PublishUntilReceivedAsync(stream, plain);
        await gateway.PublishAsync(stream, Flat(first));
        await Eventually.TrueAsync(() => plain.Frames.Last().Length == Flat(0).Length);
        await LineAsync(client, $"frame {Convert.ToHexStringLower(plain.Frames.Last())}");
        await gateway.StopAsync();
        Assert.Equal("closed 1001", await LineAsync(client, "closed"));
    }

    /// <summary>A line that is not connected to anybody: 200 samples of nothing.</summary>
    private static byte[] Flat(ulong first)
    {
        var frame = Frames.Wave(first, count: 200);
        frame.AsSpan(Contracts.FrameHeader.Size).Clear();
        return frame;
    }

    private static List<string> Long(TestViewer viewer) => [.. viewer.Frames.Where(f => f.Length == Flat(0).Length).Select(Convert.ToHexString)];

    private static List<string> Events(TestViewer viewer) => [.. viewer.Frames.Where(f => f[0] == (byte)Contracts.FrameKind.Event).Select(Convert.ToHexString)];

    private static Task<string> LineAsync(ChildProcess client, string start) =>
        client.WaitForLineAsync(line => line.StartsWith(start, StringComparison.Ordinal), TimeSpan.FromSeconds(30));

    private static async Task<JsonElement> SamplesAsync(GatewayHost gateway, Contracts.StreamId stream, TestViewer viewer)
    {
        var next = viewer.NextAsync("samples");
        var first = 0UL;
        await Eventually.TrueAsync(async () =>
        {
            if (next.IsCompleted)
                return true;
            await gateway.PublishAsync(stream, Flat(first));
            first += 200;
            return false;
        });
        return await next;
    }

    private async Task<GatewayHost> StartAsync(params string[] settings) =>
        await GatewayHost.StartAsync((await nats.ServerAsync()).Url, settings);
}
