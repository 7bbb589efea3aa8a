using NATS.Client.Core;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Nats;

/// <summary>A bad line between client and server.</summary>
public sealed class FaultTests(NatsFixture fixture) : IClassFixture<NatsFixture>
{
    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Connection_EveryWriteInPieces_WorksAsEver(int pieceBytes)
    {
        var server = await fixture.ServerAsync();
        await using var proxy = new FaultProxy(server.Port) { PieceBytes = pieceBytes };
        await using var connection = new NatsConnection(server.ClientOptions with { Url = proxy.Url });
        await using var subscription = await connection.SubscribeCoreAsync<string>("pieces.*");
        await using var service = await connection.SubscribeCoreAsync<string>("pieces.service.x");
        for (var i = 0; i < 50; i++)
            await connection.PublishAsync($"pieces.{i}", $"payload\r\nof {i}", new NatsHeaders { ["Number"] = $"{i}" });
        for (var i = 0; i < 50; i++)
        {
            var message = await ReadAsync(subscription);
            Assert.Equal(($"pieces.{i}", $"payload\r\nof {i}", $"{i}"), (message.Subject, message.Data, message.Headers!["Number"].ToString()));
        }

        var request = connection.RequestAsync<string, string>("pieces.service.x", "?").AsTask();
        await (await ReadAsync(service)).ReplyAsync("!");
        Assert.Equal("!", (await request).Data);
    }

    [SkippableFact]
    public async Task Connection_CutInTheMiddleOfAMessage_ComesBackAndReadsOn()
    {
        var server = await fixture.ServerAsync();
        await using var proxy = new FaultProxy(server.Port);
        await using var publisher = new NatsConnection(server.ClientOptions);
        await using var subscriber = new NatsConnection(server.ClientOptions with { Url = proxy.Url });
        await using var subscription = await subscriber.SubscribeCoreAsync<int>("cut", opts: new NatsSubOpts { ChannelOpts = new() { Capacity = 100_000 } });
        var opened = 0;
        subscriber.ConnectionOpened += (_, _) =>
        {
            Interlocked.Increment(ref opened);
            return default;
        };
        for (var round = 1; round <= 5; round++)
        {
            proxy.CutAfterBytesToClient = proxy.BytesToClient == 0 ? 1 : 5_000 + (round * 13);
            await Eventually.TrueAsync(async () =>
            {
                await publisher.PublishAsync("cut", round);
                return Volatile.Read(ref opened) >= round;
            });
        }

        proxy.CutAfterBytesToClient = null;
        await Eventually.TrueAsync(() => subscriber.ConnectionState == NatsConnectionState.Open);
        await subscriber.PingAsync();
        await publisher.PublishAsync("cut", 99);
        while ((await ReadAsync(subscription)).Data is var data && data != 99)
            Assert.InRange(data, 1, 5);
    }

    /// <remarks>The package cancels the call and does not say why.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task PublishAsync_ServerTakesNothing_WaitsAndIsThenRefused()
    {
        var server = await fixture.ServerAsync();
        await using var proxy = new FaultProxy(server.Port);
        await using var connection = new NatsConnection(server.ClientOptions with { Url = proxy.Url, CommandTimeout = TimeSpan.FromMilliseconds(300), DrainPingTimeout = TimeSpan.FromMilliseconds(100) });
        await connection.ConnectAsync();
        proxy.Freeze();
        var waited = false;
        var error = await Assert.ThrowsAsync<NatsException>(async () =>
        {
            for (var sent = 0; sent < 1 << 30; sent += 100_000)
            {
                var publish = connection.PublishAsync("frozen", new byte[100_000]);
                waited |= !publish.IsCompleted;
                await publish;
            }
        });
        Assert.True(waited, "The publish was refused without waiting for room.");
        Assert.Contains("took nothing", error.Message, StringComparison.Ordinal);
        proxy.Thaw();
        await connection.PingAsync();
    }

    /// <remarks>The package's words do not tell what came.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task ConnectAsync_SomethingElseAnswers_IsACleanError()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        var answering = Task.Run(async () =>
        {
            using var socket = await listener.AcceptSocketAsync();
            await socket.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        });
        await using var connection = new NatsConnection(new NatsOpts { Url = $"nats://127.0.0.1:{port}" });
        var error = await Assert.ThrowsAsync<NatsException>(async () => await connection.ConnectAsync());
        Assert.Contains("Unknown command", error.Message, StringComparison.Ordinal);
        await answering;
    }

    /// <remarks>The package's words do not tell how long it waited.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task ConnectAsync_SilentServer_TimesOut()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        await using var connection = new NatsConnection(new NatsOpts { Url = $"nats://127.0.0.1:{port}", ConnectTimeout = TimeSpan.FromMilliseconds(100) });
        var error = await Assert.ThrowsAsync<NatsException>(async () => await connection.ConnectAsync());
        Assert.Contains("did not answer within 0.1 s", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The last reader goes on where the reading loop was: it must not matter how long it stays there.</summary>
    [SkippableFact]
    public async Task Reconnecting_ReaderThatBlocksItsThread_IsNotHeldUp()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var url = $"nats://127.0.0.1:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}";
        using var release = new ManualResetEventSlim();
        await using var connection = new NatsConnection(new NatsOpts { Url = url, ReconnectWaitMin = TimeSpan.FromMilliseconds(10), ConnectTimeout = TimeSpan.FromSeconds(10) });
        var first = GreetAsync(listener, "");
        await using var subscription = await connection.SubscribeCoreAsync<byte[]>("a");
        var blocked = new TaskCompletionSource();
        var reading = Task.Run(async () =>
        {
            await subscription.Msgs.ReadAsync();
            blocked.SetResult();
            release.Wait();
        });

        // The message comes with the greeting, so that it is the first that the reading loop sees.
        (await first).Dispose();
        try
        {
            using (await GreetAsync(listener, "MSG a 1 1\r\nx\r\n"))
                await blocked.Task.WaitAsync(TimeSpan.FromSeconds(10));
            using var third = await GreetAsync(listener, "").WaitAsync(TimeSpan.FromSeconds(10));
        }
        finally
        {
            release.Set();
        }

        await reading;
    }

    /// <summary>Plays the server up to the client's PING.</summary>
    private static async Task<System.Net.Sockets.Socket> GreetAsync(System.Net.Sockets.TcpListener listener, string more)
    {
        var socket = await listener.AcceptSocketAsync();
        await socket.SendAsync("INFO {\"max_payload\":1000}\r\n"u8.ToArray());
        var received = "";
        var buffer = new byte[4096];
        while (!received.Contains("PING", StringComparison.Ordinal))
            received += System.Text.Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes("PONG\r\n" + more));
        return socket;
    }

    private static async Task<NatsMsg<T>> ReadAsync<T>(INatsSub<T> subscription) =>
        await subscription.Msgs.ReadAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
}
