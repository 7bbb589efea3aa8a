using System.Collections.Concurrent;
using NATS.Client.Core;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Nats;

public sealed class ReconnectTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [SkippableFact]
    public async Task Subscriptions_ServerKilledAndStartedAgain_GoOn()
    {
        await using var server = await NatsServer.StartAsync();
        await using var connection = new NatsConnection(server.ClientOptions);
        var events = Watch(connection);
        await using var plain = await connection.SubscribeCoreAsync<int>("plain.*");
        await using var grouped = await connection.SubscribeCoreAsync<int>("grouped", "g");
        await using var limited = await connection.SubscribeCoreAsync<int>("limited", opts: new NatsSubOpts { MaxMsgs = 3 });
        await connection.PublishAsync("limited", 1);
        Assert.Equal(1, (await ReadAsync(limited)).Data);

        await server.KillAsync();
        await Eventually.TrueAsync(() => events.Contains("disconnected"));
        await server.StartAgainAsync();
        await Eventually.TrueAsync(() => connection.ConnectionState == NatsConnectionState.Open);

        await connection.PublishAsync("plain.7", 7);
        await connection.PublishAsync("grouped", 8);
        for (var i = 2; i < 6; i++)
            await connection.PublishAsync("limited", i);
        Assert.Equal(7, (await ReadAsync(plain)).Data);
        Assert.Equal(8, (await ReadAsync(grouped)).Data);
        Assert.Equal(2, (await ReadAsync(limited)).Data);
        Assert.Equal(3, (await ReadAsync(limited)).Data);
        Assert.False(await limited.Msgs.WaitToReadAsync());
        await Eventually.TrueAsync(() => events.Count(e => e == "opened") == 2);
    }

    [SkippableFact]
    public async Task Requests_AcrossARestart_WorkAgain()
    {
        await using var server = await NatsServer.StartAsync();
        await using var connection = new NatsConnection(server.ClientOptions);
        await using var service = await connection.SubscribeCoreAsync<int>("svc");
        var serving = Task.Run(async () =>
        {
            await foreach (var question in service.Msgs.ReadAllAsync())
                await question.ReplyAsync(question.Data + 1);
        });
        Assert.Equal(2, (await connection.RequestAsync<int, int>("svc", 1)).Data);
        await server.RestartAsync();
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return (await connection.RequestAsync<int, int>("svc", 2)).Data == 3;
            }
            catch (NatsException)
            {
                return false;
            }
        });
        await service.DisposeAsync();
        await serving;
    }

    /// <remarks>In the package the publish hangs until there is a connection.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task PublishAsync_WhileDisconnected_IsKeptAndSentInOrderOnce()
    {
        const int Count = 1000;
        await using var server = await NatsServer.StartAsync();
        await using var connection = new NatsConnection(server.ClientOptions);
        await using var subscription = await connection.SubscribeCoreAsync<int>("kept", opts: new NatsSubOpts { ChannelOpts = new() { Capacity = Count } });
        await server.KillAsync();
        await Eventually.TrueAsync(() => connection.ConnectionState != NatsConnectionState.Open);
        for (var i = 0; i < Count; i++)
        {
            var publish = connection.PublishAsync("kept", i);
            Assert.True(publish.IsCompletedSuccessfully, "A publish waits while disconnected.");
        }

        await server.StartAgainAsync();
        for (var i = 0; i < Count; i++)
            Assert.Equal(i, (await ReadAsync(subscription)).Data);
        await connection.PingAsync();
        Assert.False(subscription.Msgs.TryRead(out _));
    }

    /// <remarks>In the package the publish hangs until there is a connection.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task PublishAsync_DisconnectedAndEnoughKept_IsRefusedAtOnce()
    {
        await using var server = await NatsServer.StartAsync();
        await using var connection = new NatsConnection(server.ClientOptions);
        await connection.ConnectAsync();
        await server.KillAsync();
        await Eventually.TrueAsync(() => connection.ConnectionState != NatsConnectionState.Open);
        var kept = await FillAsync(connection);
        Assert.InRange(kept, 7 << 20, 9 << 20);
    }

    /// <remarks>In the package every publish waits, not only one that finds no place.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task PublishAsync_ToldToTimeOut_WaitsForTheConnection()
    {
        await using var server = await NatsServer.StartAsync();
        await using var connection = new NatsConnection(server.ClientOptions with { PublishTimeoutOnDisconnected = true, CommandTimeout = TimeSpan.FromSeconds(30) });
        await connection.ConnectAsync();
        await server.KillAsync();
        await Eventually.TrueAsync(() => connection.ConnectionState != NatsConnectionState.Open);
        ValueTask publish;
        while ((publish = connection.PublishAsync("full", new byte[100_000])).IsCompletedSuccessfully)
            await publish;
        await server.StartAgainAsync();
        await publish;
        await connection.PingAsync();
    }

    /// <remarks>In the package subscribing and publishing hang until the server is there.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task ConnectAsync_ServerStartsLater_IsWaitedFor()
    {
        await using var server = await NatsServer.StartAsync();
        await server.KillAsync();
        await using var connection = new NatsConnection(server.ClientOptions with { RetryOnInitialConnect = true });
        var connecting = connection.ConnectAsync().AsTask();
        await using var subscription = await connection.SubscribeCoreAsync<int>("early");
        await connection.PublishAsync("early", 1);
        Assert.False(connecting.IsCompleted);
        await server.StartAgainAsync();
        await connecting.WaitAsync(Soon);
        Assert.Equal(1, (await ReadAsync(subscription)).Data);
    }

    [SkippableFact]
    public async Task Connection_FirstServerGone_MovesToTheNext()
    {
        await using var first = await NatsServer.StartAsync();
        await using var second = await NatsServer.StartAsync();
        await using var connection = new NatsConnection(first.ClientOptions with { Url = $"{first.Url},{second.Url}", NoRandomize = true });
        await using var subscription = await connection.SubscribeCoreAsync<int>("moves");
        Assert.Equal(first.Port, connection.ServerInfo!.Port);
        await first.KillAsync();
        await Eventually.TrueAsync(() => connection.ServerInfo.Port == second.Port && connection.ConnectionState == NatsConnectionState.Open);
        await connection.PublishAsync("moves", 1);
        Assert.Equal(1, (await ReadAsync(subscription)).Data);
    }

    /// <remarks>The package raises the event and stays until the server closes.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task Connection_LameDuck_MovesBeforeTheServerCloses()
    {
        await using var first = await NatsServer.StartAsync(new NatsServerOptions { Config = "lame_duck_duration: \"30s\"\nlame_duck_grace_period: \"10s\"" });
        await using var second = await NatsServer.StartAsync();
        await using var connection = new NatsConnection(first.ClientOptions with { Url = $"{first.Url},{second.Url}", NoRandomize = true });
        var lame = new TaskCompletionSource<Uri>();
        connection.LameDuckModeActivated += (_, e) =>
        {
            lame.TrySetResult(e!.Uri);
            return default;
        };
        await connection.ConnectAsync();
        using (System.Diagnostics.Process.Start("kill", ["-USR2", first.ProcessId.ToString(null, null)]))
            Assert.Equal(first.Port, (await lame.Task.WaitAsync(Soon)).Port);
        await Eventually.TrueAsync(() => connection.ServerInfo!.Port == second.Port && connection.ConnectionState == NatsConnectionState.Open);
        Assert.DoesNotContain(first.Log, line => line.Contains("Server Exiting", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Connection_ServerFrozen_IsFoundStaleAndLeft()
    {
        await using var frozen = await NatsServer.StartAsync();
        await using var other = await NatsServer.StartAsync();
        await using var connection = new NatsConnection(frozen.ClientOptions with
        {
            Url = $"{frozen.Url},{other.Url}",
            NoRandomize = true,
            PingInterval = TimeSpan.FromMilliseconds(50),
        });
        await connection.ConnectAsync();
        frozen.Freeze();
        await Eventually.TrueAsync(() => connection.ServerInfo!.Port == other.Port && connection.ConnectionState == NatsConnectionState.Open);
        frozen.Thaw();
    }

    [SkippableFact]
    public async Task Connection_PingIntervalOfZero_IsNeverFoundStale()
    {
        await using var server = await NatsServer.StartAsync();
        await using var connection = new NatsConnection(server.ClientOptions with { PingInterval = TimeSpan.Zero });
        await connection.ConnectAsync();
        var client = connection.ServerInfo!.ClientId;
        for (var i = 0; i < 100; i++)
            await connection.PingAsync();
        Assert.Equal(client, connection.ServerInfo.ClientId);
    }

    /// <remarks>The package keeps nothing.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task PublishAsync_DisconnectedAndLongerThanAllThatIsKept_WaitsInsteadOfSpinning()
    {
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { Config = "max_payload: 16MB\nmax_pending: 64MB" });
        await using var connection = new NatsConnection(server.ClientOptions with { PublishTimeoutOnDisconnected = true, CommandTimeout = Soon });
        await connection.ConnectAsync();
        await server.KillAsync();
        await Eventually.TrueAsync(() => connection.ConnectionState != NatsConnectionState.Open);

        var publish = connection.PublishAsync("huge", new byte[12 << 20]).AsTask();
        Assert.False(publish.IsCompleted);
        await server.StartAgainAsync();
        await publish;
        await connection.PingAsync();
    }

    [SkippableFact]
    public async Task ReconnectAsync_WhileOpen_OpensANewConnection()
    {
        await using var server = await NatsServer.StartAsync();
        await using var connection = new NatsConnection(server.ClientOptions);
        await using var subscription = await connection.SubscribeCoreAsync<int>("again");
        var before = connection.ServerInfo!.ClientId;
        await connection.ReconnectAsync();
        await Eventually.TrueAsync(() => connection.ServerInfo.ClientId != before && connection.ConnectionState == NatsConnectionState.Open);
        await connection.PublishAsync("again", 1);
        Assert.Equal(1, (await ReadAsync(subscription)).Data);
    }

    [SkippableFact]
    public async Task Connection_RetriesUsedUp_FailsWithAClearError()
    {
        await using var server = await NatsServer.StartAsync();
        await using var connection = new NatsConnection(server.ClientOptions with { MaxReconnectRetry = 2 });
        await using var subscription = await connection.SubscribeCoreAsync<int>("hopeless");
        await server.KillAsync();
        await Eventually.TrueAsync(() => connection.ConnectionState == NatsConnectionState.Failed);
        await Assert.ThrowsAsync<NatsConnectionFailedException>(async () => await connection.PublishAsync("hopeless", 1));
        await Assert.ThrowsAsync<NatsConnectionFailedException>(async () => await subscription.Msgs.WaitToReadAsync());
    }

    [SkippableFact]
    public async Task PublishAsync_UnderKillsAndRestarts_NeverRepeatsAndLosesOnlyGaps()
    {
        await using var server = await NatsServer.StartAsync();
        await using var publisher = new NatsConnection(server.ClientOptions);
        await using var subscriber = new NatsConnection(server.ClientOptions);
        await using var subscription = await subscriber.SubscribeCoreAsync<int>("stream", opts: new NatsSubOpts { ChannelOpts = new() { Capacity = 1 << 20 } });
        await publisher.ConnectAsync();
        using var stop = new CancellationTokenSource();
        var published = 0;
        var publishing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await publisher.PublishAsync("stream", published++);
                if (published % 100 == 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            }
        });
        for (var round = 0; round < 3; round++)
        {
            var before = published;
            await Eventually.TrueAsync(() => published > before + 1000);
            await server.KillAsync();
            await server.StartAgainAsync();
            await Eventually.TrueAsync(() => publisher.ConnectionState == NatsConnectionState.Open && subscriber.ConnectionState == NatsConnectionState.Open);
        }

        var last = published;
        await Eventually.TrueAsync(() => published > last + 1000);
        await stop.CancelAsync();
        await publishing;
        await publisher.PingAsync();
        await subscriber.PingAsync();

        var received = new List<int>();
        while (subscription.Msgs.TryRead(out var message))
            received.Add(message.Data);
        Assert.Equal(received.Distinct().Order(), received);
        Assert.Equal(published - 1, received[^1]);
        Assert.InRange(received.Count, 4000, published);
    }

    private static ConcurrentQueue<string> Watch(NatsConnection connection)
    {
        var events = new ConcurrentQueue<string>();
        connection.ConnectionOpened += (_, _) => Note("opened");
        connection.ConnectionDisconnected += (_, _) => Note("disconnected");
        return events;

        ValueTask Note(string what)
        {
            events.Enqueue(what);
            return default;
        }
    }

    private static async Task<int> FillAsync(NatsConnection connection)
    {
        var kept = 0;
        var payload = new byte[100_000];
        while (true)
        {
            var publish = connection.PublishAsync("full", payload);
            Assert.True(publish.IsCompleted, "A publish waits while disconnected.");
            if (!publish.IsCompletedSuccessfully)
            {
                var error = await Assert.ThrowsAsync<NatsException>(async () => await publish);
                Assert.Contains("Disconnected", error.Message, StringComparison.Ordinal);
                return kept;
            }

            kept += payload.Length;
            Assert.True(kept < 100 << 20, "Publishes are kept without a bound.");
        }
    }

    private static async Task<NatsMsg<T>> ReadAsync<T>(INatsSub<T> subscription) =>
        await subscription.Msgs.ReadAsync(new CancellationTokenSource(Soon).Token);
}
