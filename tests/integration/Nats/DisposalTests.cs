using NATS.Client.Core;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Nats;

public sealed class DisposalTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    /// <remarks>The package makes no such promise.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task DisposeAsync_WhileReconnecting_EndsEverything()
    {
        await using var server = await NatsServer.StartAsync();
        var connection = new NatsConnection(server.ClientOptions);
        await using var subscription = await connection.SubscribeCoreAsync<int>("a");
        var reading = subscription.Msgs.WaitToReadAsync().AsTask();
        await server.KillAsync();
        await Eventually.TrueAsync(() => connection.ConnectionState == NatsConnectionState.Reconnecting);
        await connection.DisposeAsync().AsTask().WaitAsync(Soon);
        Assert.False(await reading.WaitAsync(Soon));
    }

    [SkippableFact]
    public async Task DisposeAsync_WhileWaitingForTheFirstServer_EndsTheWait()
    {
        var connection = new NatsConnection(new NatsOpts { Url = "nats://127.0.0.1:1", RetryOnInitialConnect = true });
        var connecting = connection.ConnectAsync().AsTask();
        await connection.DisposeAsync().AsTask().WaitAsync(Soon);
        await Assert.ThrowsAnyAsync<Exception>(() => connecting.WaitAsync(Soon));
        Assert.True(connecting.IsCompleted);
    }

    /// <remarks>The package makes no such promise.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task DisposeAsync_ByAnEventHandler_Returns()
    {
        await using var server = await NatsServer.StartAsync();
        await using var connection = new NatsConnection(server.ClientOptions with { CommandTimeout = TimeSpan.FromMilliseconds(200) });
        var disposed = new TaskCompletionSource();
        connection.ConnectionOpened += async (_, _) =>
        {
            await connection.DisposeAsync();
            disposed.SetResult();
        };
        await connection.ConnectAsync();
        await disposed.Task.WaitAsync(Soon);
    }

    /// <remarks>The package makes no such promise.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task DisposeAsync_RequestsUnderWay_FailInsteadOfWaiting()
    {
        await using var server = await NatsServer.StartAsync();
        var connection = new NatsConnection(server.ClientOptions with { RequestTimeout = TimeSpan.FromMinutes(5) });
        await using var silent = await connection.SubscribeCoreAsync<int>("svc");
        var request = connection.RequestAsync<int, int>("svc", 1).AsTask();
        await silent.Msgs.ReadAsync();
        await connection.DisposeAsync().AsTask().WaitAsync(Soon);
        await Assert.ThrowsAsync<NatsException>(() => request.WaitAsync(Soon));
    }

    [SkippableFact]
    public async Task DisposeAsync_Draining_DeliversWhatTheServerHadAlreadySent()
    {
        await using var server = await NatsServer.StartAsync();
        await using var publisher = new NatsConnection(server.ClientOptions);
        var connection = new NatsConnection(server.ClientOptions with { DrainSubscriptionsOnDispose = true });
        var subscription = await connection.SubscribeCoreAsync<int>("drained", opts: new NatsSubOpts { ChannelOpts = new() { Capacity = 1000 } });
        await connection.PingAsync();
        for (var i = 0; i < 1000; i++)
            await publisher.PublishAsync("drained", i);
        await publisher.PingAsync();
        await connection.DisposeAsync();
        var received = new List<int>();
        await foreach (var message in subscription.Msgs.ReadAllAsync())
            received.Add(message.Data);
        Assert.Equal(Enumerable.Range(0, 1000), received);
    }
}
