using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

/// <summary>What goes past the server's own way out, and what must not.</summary>
public class WireTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    private const byte Ping = 0x89;

    [SkippableFact]
    public async Task Connect_ManyWhileFramesFlow_EachIsAnsweredGreetedAndSubscribedBeforeTheFirstFrame()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.many");
        using var stop = new CancellationTokenSource();
        var publishing = PublishAsync(gateway, stream, stop.Token);
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), async (_, _) =>
        {
            using var viewer = await RawViewer.SubscribeAsync(gateway, "ecg.many");
            Assert.Contains("\"hello\"", Encoding.UTF8.GetString((await viewer.ReadAsync()).Payload), StringComparison.Ordinal);
            Assert.Contains("\"subscribed\"", Encoding.UTF8.GetString((await viewer.ReadAsync()).Payload), StringComparison.Ordinal);
            Assert.Equal(1, (await viewer.ReadToAsync(2))[0]);
        });
        await stop.CancelAsync();
        await publishing;
    }

    [SkippableFact]
    public async Task Ping_WhileFramesFlow_IsAnsweredBetweenWholeFrames()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.ping");
        using var viewer = await RawViewer.SubscribeAsync(gateway, "ecg.ping");
        using var stop = new CancellationTokenSource();
        var publishing = PublishAsync(gateway, stream, stop.Token);
        for (byte i = 0; i < 20; i++)
        {
            await viewer.SendAsync(Ping, [i]);
            Assert.Equal([i], await viewer.ReadToAsync(10));
        }

        await stop.CancelAsync();
        await publishing;
    }

    [SkippableTheory]
    [InlineData(1002, 0x81, false)] // no mask
    [InlineData(1002, 0xC1, true)] // a reserved bit
    [InlineData(1002, 0x83, true)] // an opcode that is none
    [InlineData(1002, 0x09, true)] // a ping in fragments
    public async Task Send_FrameThatBreaksWebSocketsRules_ClosesWithTheRightCode(int code, byte first, bool masked)
    {
        await using var gateway = await StartAsync();
        await gateway.AddStreamAsync("ecg.rules");
        using var viewer = await RawViewer.SubscribeAsync(gateway, "ecg.rules");
        await viewer.SendAsync(first, [1, 2, 3, 4], masked);
        Assert.Equal(code, BinaryPrimitives.ReadUInt16BigEndian(await viewer.ReadToAsync(8)));
    }

    [SkippableFact]
    public async Task Ping_SilentViewer_IsAskedAndLeftWhenItDoesNotAnswer()
    {
        await using var gateway = await StartAsync("WebSockets:PingSeconds=1", "WebSockets:PongSeconds=1");
        await gateway.AddStreamAsync("ecg.silent");
        using var silent = await RawViewer.SubscribeAsync(gateway, "ecg.silent");
        await using var answering = await TestViewer.SubscribedAsync(gateway, "ecg.silent");
        await silent.ReadToAsync(9);
        await Eventually.TrueAsync(async () => await gateway.MetricAsync("signalstream_gateway_viewers_closed_total{reason=\"silent\"}") == 1);
        Assert.Null(answering.ClosedWith);
        await answering.AskAsync("""{"cmd":"status"}""", "status");
    }

    [SkippableFact]
    public async Task Connect_OverTls_FramesArriveAsTheyAre()
    {
        var folder = Directory.CreateTempSubdirectory("signalstream-tls-");
        try
        {
            var certificate = Path.Combine(folder.FullName, "gateway.pfx");
            await File.WriteAllBytesAsync(certificate, NewCertificate());
            await using var gateway = await StartAsync(
                "Kestrel:Endpoints:Plain:Url=http://127.0.0.1:0",
                "Kestrel:Endpoints:Tls:Url=https://127.0.0.1:0", $"Kestrel:Endpoints:Tls:Certificate:Path={certificate}");
            var stream = await gateway.AddStreamAsync("ecg.tls");
            using var viewer = new ClientWebSocket();
            viewer.Options.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=localhost";
            await viewer.ConnectAsync(new UriBuilder(gateway.TlsAddress!) { Scheme = "wss", Path = "/ws" }.Uri, default);
            await viewer.SendAsync("""{"cmd":"subscribe","streams":["ecg.tls"]}"""u8.ToArray(), WebSocketMessageType.Text, true, default);
            using var stop = new CancellationTokenSource();
            var publishing = PublishAsync(gateway, stream, stop.Token);
            var next = 0UL;
            for (var frames = 0; frames < 50;)
            {
                var (type, bytes) = await ReceiveAsync(viewer);
                if (type != WebSocketMessageType.Binary)
                    continue;
                var first = BitConverter.ToUInt64(bytes, 16);
                Assert.True(frames++ == 0 || first == next, "A frame is missing.");
                next = first + Frames.Samples;
            }

            await stop.CancelAsync();
            await publishing;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task PublishAsync(GatewayHost gateway, Contracts.StreamId stream, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        for (ulong first = 0; !stop.IsCancellationRequested; first += Frames.Samples)
        {
            await gateway.PublishAsync(stream, Frames.Wave(first));
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private static async Task<(WebSocketMessageType Type, byte[] Bytes)> ReceiveAsync(ClientWebSocket viewer)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        var buffer = new byte[64 << 10];
        var length = 0;
        while (true)
        {
            var part = await viewer.ReceiveAsync(buffer.AsMemory(length), patience.Token);
            length += part.Count;
            if (part.EndOfMessage)
                return (part.MessageType, buffer[..length]);
        }
    }

    private static byte[] NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return certificate.Export(X509ContentType.Pfx);
    }

    private async Task<GatewayHost> StartAsync(params string[] settings) =>
        await GatewayHost.StartAsync((await nats.ServerAsync()).Url, settings);
}
