using System.Threading.Channels;
using NATS.Client.Core;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Nats;

/// <summary>
/// One subscription that is not read stops nothing else. With <c>FullMode.Wait</c> the package would stop the whole connection
/// here; this client is deliberately better.
/// </summary>
public sealed class SlowSubscriptionTests(NatsFixture fixture) : IClassFixture<NatsFixture>
{
    /// <remarks>With FullMode.Wait the package stops the whole connection, requests and acknowledgements included.</remarks>
    [SkippableTheory]
    [InlineData(BoundedChannelFullMode.Wait)]
    [InlineData(BoundedChannelFullMode.DropNewest)]
    [InlineData(BoundedChannelFullMode.DropOldest)]
    [InlineData(BoundedChannelFullMode.DropWrite)]
    [Trait("Standin", "better")]
    public async Task FastSubscription_BesideOneThatIsNotRead_GetsEverything(BoundedChannelFullMode mode)
    {
        const int Count = 20_000;
        var server = await fixture.ServerAsync();
        await using var publisher = new NatsConnection(server.ClientOptions);
        await using var connection = new NatsConnection(server.ClientOptions);
        await using var slow = await connection.SubscribeCoreAsync<byte[]>("both", opts: Opts(mode, 10));
        await using var fast = await connection.SubscribeCoreAsync<byte[]>("both", opts: Opts(BoundedChannelFullMode.Wait, Count));
        await using var service = await connection.SubscribeCoreAsync<int>("svc");
        await connection.PingAsync();
        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync("both", BitConverter.GetBytes(i));
        for (var i = 0; i < Count; i++)
            Assert.Equal(i, BitConverter.ToInt32((await ReadAsync(fast)).Data!));

        var request = publisher.RequestAsync<int, int>("svc", 1).AsTask();
        await (await ReadAsync(service)).ReplyAsync(2);
        Assert.Equal(2, (await request).Data);

        var kept = new List<int>();
        while (slow.Msgs.TryRead(out var message))
            kept.Add(BitConverter.ToInt32(message.Data!));
        Assert.Equal(mode switch
        {
            BoundedChannelFullMode.Wait => Enumerable.Range(0, Count),
            BoundedChannelFullMode.DropOldest => Enumerable.Range(Count - 10, 10),
            _ => Enumerable.Range(0, 10),
        }, kept);
    }

    [SkippableFact]
    public async Task Dropping_OneEpisode_IsRaisedOnceAndCountedToTheMessage()
    {
        var server = await fixture.ServerAsync();
        await using var connection = new NatsConnection(server.ClientOptions);
        var episodes = 0;
        var dropped = 0;
        connection.SlowConsumerDetected += (_, e) =>
        {
            Assert.Equal("narrow", e!.Subscription.Subject);
            Interlocked.Increment(ref episodes);
            return default;
        };
        connection.MessageDropped += (_, e) =>
        {
            Assert.Equal("narrow", e!.Subject);
            Interlocked.Increment(ref dropped);
            return default;
        };
        await using var narrow = await connection.SubscribeCoreAsync<int>("narrow", opts: Opts(BoundedChannelFullMode.DropNewest, 10));

        await PublishAsync(connection, 100);
        await Eventually.TrueAsync(() => dropped == 90);
        Assert.Equal(1, episodes);

        while (narrow.Msgs.TryRead(out _))
        {
        }

        await PublishAsync(connection, 30);
        await Eventually.TrueAsync(() => dropped == 110 && episodes == 2);
    }

    [SkippableFact]
    public async Task Dropping_ThousandsOfSubscriptionsAtOnce_ForgetsNoMessage()
    {
        const int Count = 3_000;
        var server = await fixture.ServerAsync();
        await using var connection = new NatsConnection(server.ClientOptions);
        var dropped = 0;
        var begun = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        connection.MessageDropped += async (_, _) =>
        {
            begun.TrySetResult();
            await release.Task;
            Interlocked.Increment(ref dropped);
        };
        var all = new List<INatsSub<int>>();
        for (var i = 0; i < Count; i++)
            all.Add(await connection.SubscribeCoreAsync<int>("crowd", opts: Opts(BoundedChannelFullMode.DropNewest, 1)));

        for (var i = 0; i < 3; i++)
            await connection.PublishAsync("crowd", i);
        await connection.PingAsync();
        await begun.Task;
        release.SetResult();

        await Eventually.TrueAsync(() => dropped == 2 * Count);
        foreach (var subscription in all)
            await subscription.DisposeAsync();
    }

    [SkippableFact]
    public async Task EventHandler_ThatThrowsAndBlocks_StopsNothing()
    {
        var server = await fixture.ServerAsync();
        await using var connection = new NatsConnection(server.ClientOptions);
        var release = new TaskCompletionSource();
        connection.MessageDropped += async (_, _) =>
        {
            await release.Task;
            throw new InvalidOperationException("A handler's own fault.");
        };
        await using var narrow = await connection.SubscribeCoreAsync<int>("narrow.2", opts: Opts(BoundedChannelFullMode.DropNewest, 1));
        for (var i = 0; i < 100; i++)
            await connection.PublishAsync("narrow.2", i);
        await connection.PingAsync();
        Assert.Equal(0, (await ReadAsync(narrow)).Data);
        release.SetResult();
    }

    private static async Task PublishAsync(NatsConnection connection, int count)
    {
        for (var i = 0; i < count; i++)
            await connection.PublishAsync("narrow", i);
        await connection.PingAsync();
    }

    private static NatsSubOpts Opts(BoundedChannelFullMode mode, int capacity) => new() { ChannelOpts = new() { FullMode = mode, Capacity = capacity } };

    private static async Task<NatsMsg<T>> ReadAsync<T>(INatsSub<T> subscription) =>
        await subscription.Msgs.ReadAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
}
