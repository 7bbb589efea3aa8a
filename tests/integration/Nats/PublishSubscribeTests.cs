using NATS.Client.Core;
using NATS.Net;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Nats;

public sealed class PublishSubscribeTests(NatsFixture fixture) : IClassFixture<NatsFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [SkippableFact]
    public async Task ConnectAsync_ServerThere_TellsAboutTheServer()
    {
        var server = await fixture.ServerAsync();
        await using var connection = new NatsConnection(server.ClientOptions);
        Assert.Equal(NatsConnectionState.Closed, connection.ConnectionState);
        await connection.ConnectAsync();
        Assert.Equal(NatsConnectionState.Open, connection.ConnectionState);
        Assert.Equal(server.Port, connection.ServerInfo!.Port);
        Assert.True(connection.ServerInfo.HeadersSupported);
        Assert.InRange(await connection.PingAsync(), TimeSpan.Zero, Soon);
    }

    [SkippableFact]
    public async Task ConnectAsync_NobodyListens_NamesTheServer()
    {
        await using var connection = new NatsConnection(new NatsOpts { Url = "nats://127.0.0.1:1" });
        var error = await Assert.ThrowsAsync<NatsException>(async () => await connection.ConnectAsync());
        Assert.Contains("127.0.0.1:1", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task SubscribeCoreAsync_Wildcard_ReceivesSubjectReplyAndData()
    {
        await using var connection = await ConnectAsync();
        await using var subscription = await connection.SubscribeCoreAsync<string>("room.*.temp");
        await connection.PublishAsync("room.7.temp", "grüße", replyTo: "answers");
        var message = await ReadAsync(subscription);
        Assert.Equal(("room.7.temp", "answers", "grüße"), (message.Subject, message.ReplyTo, message.Data));
        Assert.Equal("room.7.temp".Length + "answers".Length + 7, message.Size);
        Assert.Null(message.Headers);
    }

    [SkippableFact]
    public async Task PublishAsync_Headers_ArriveWithAllTheirValues()
    {
        await using var connection = await ConnectAsync();
        await using var subscription = await connection.SubscribeCoreAsync<byte[]>("with.headers");
        await connection.PublishAsync("with.headers", new byte[] { 1, 2 }, new NatsHeaders { ["Nats-Msg-Id"] = "7", ["Many"] = new(["a", "b"]) });
        await connection.PublishAsync("with.headers", headers: new NatsHeaders { ["Only"] = "headers" });
        var message = await ReadAsync(subscription);
        Assert.Equal([1, 2], message.Data);
        Assert.Equal("7", message.Headers!["nats-msg-id"]);
        Assert.Equal("a,b", message.Headers["Many"].ToString());
        var empty = await ReadAsync(subscription);
        Assert.Null(empty.Data);
        Assert.Equal("headers", empty.Headers!["Only"]);
    }

    [SkippableFact]
    public async Task PublishAsync_EmptyPayload_IsNull()
    {
        await using var connection = await ConnectAsync();
        await using var subscription = await connection.SubscribeCoreAsync<string>("empty");
        await connection.PublishAsync("empty");
        await connection.PublishAsync("empty", "");
        Assert.Null((await ReadAsync(subscription)).Data);
        Assert.Null((await ReadAsync(subscription)).Data);
    }

    [SkippableFact]
    public async Task SubscribeCoreAsync_MemoryOwner_HasEveryPayloadWhole()
    {
        await using var connection = await ConnectAsync();
        await using var subscription = await connection.SubscribeCoreAsync<NatsMemoryOwner<byte>>(
            "sizes", opts: new NatsSubOpts { ChannelOpts = new() { Capacity = 10_000 } });
        var sizes = new[] { 0, 1, 63, 64, 4095, 65_535, 65_536, 70_000, 900_000 };
        var owners = new List<NatsMemoryOwner<byte>>();
        foreach (var size in sizes)
            await connection.PublishAsync("sizes", new ReadOnlyMemory<byte>(Pattern(size)));
        foreach (var _ in sizes)
            owners.Add((await ReadAsync(subscription)).Data);
        Assert.Equal(sizes, owners.Select(o => o.Length));
        Assert.All(owners, o => Assert.Equal(Pattern(o.Length), o.Memory.ToArray()));
        owners.ForEach(o => o.Dispose());
    }

    [SkippableFact]
    public async Task SubscribeCoreAsync_QueueGroup_GivesEachMessageToOneMember()
    {
        const int Count = 1000;
        await using var connection = await ConnectAsync();
        var members = new List<INatsSub<int>>();
        for (var i = 0; i < 3; i++)
            members.Add(await connection.SubscribeCoreAsync<int>("work", "workers"));
        for (var i = 0; i < Count; i++)
            await connection.PublishAsync("work", i);
        await connection.PingAsync();

        var received = members.Select(m => Drain(m).ToArray()).ToArray();
        Assert.Equal(Enumerable.Range(0, Count), received.SelectMany(r => r).Order());
        Assert.All(received, r => Assert.NotEmpty(r));
    }

    [SkippableFact]
    public async Task SubscribeCoreAsync_MaxMsgs_EndsAfterThem()
    {
        await using var connection = await ConnectAsync();
        await using var subscription = await connection.SubscribeCoreAsync<int>("few", opts: new NatsSubOpts { MaxMsgs = 2 });
        for (var i = 0; i < 5; i++)
            await connection.PublishAsync("few", i);
        var received = new List<int>();
        await foreach (var message in subscription.Msgs.ReadAllAsync().WithCancellation(Deadline()))
            received.Add(message.Data);
        Assert.Equal([0, 1], received);
    }

    [SkippableFact]
    public async Task SubscribeAsync_Timeouts_EndTheEnumeration()
    {
        await using var connection = await ConnectAsync();
        foreach (var opts in new NatsSubOpts[]
        {
            new() { Timeout = TimeSpan.FromMilliseconds(50) },
            new() { StartUpTimeout = TimeSpan.FromMilliseconds(50) },
            new() { IdleTimeout = TimeSpan.FromMilliseconds(50) },
        })
        {
            await foreach (var message in connection.SubscribeAsync<int>("silence", opts: opts, cancellationToken: Deadline()))
                Assert.Fail($"Silence said {message.Data}.");
        }
    }

    [SkippableFact]
    public async Task SubscribeAsync_Cancelled_DeliversWhatItHadAndEnds()
    {
        await using var connection = await ConnectAsync();
        using var source = new CancellationTokenSource();
        var received = new List<int>();
        var publishing = Task.CompletedTask;
        await connection.PingAsync();
        var reading = Task.Run(async () =>
        {
            await foreach (var message in connection.SubscribeAsync<int>("until.cancelled", cancellationToken: source.Token))
            {
                received.Add(message.Data);
                if (received.Count == 3)
                    await source.CancelAsync();
            }
        });
        await Eventually.TrueAsync(async () =>
        {
            await connection.PublishAsync("until.cancelled", received.Count);
            return reading.IsCompleted;
        });
        await reading;
        await publishing;
        Assert.True(received.Count >= 3);
    }

    [SkippableFact]
    public async Task UnsubscribeAsync_Afterwards_NothingArrives()
    {
        await using var connection = await ConnectAsync();
        var subscription = await connection.SubscribeCoreAsync<int>("ending");
        await connection.PublishAsync("ending", 1);
        await connection.PingAsync();
        await subscription.UnsubscribeAsync();
        await connection.PublishAsync("ending", 2);
        await connection.PingAsync();
        Assert.Equal([1], Drain(subscription));
        await subscription.Msgs.Completion.WaitAsync(Soon);
    }

    [SkippableFact]
    public async Task SubscribeCoreAsync_UnreadableMessage_CarriesTheErrorAndLivesOn()
    {
        await using var connection = await ConnectAsync();
        await using var subscription = await connection.SubscribeCoreAsync<int>("numbers");
        await connection.PublishAsync("numbers", "no number");
        await connection.PublishAsync("numbers", 7);
        var bad = await ReadAsync(subscription);
        Assert.NotNull(bad.Error);
        Assert.Throws<NatsException>(bad.EnsureSuccess);
        Assert.Equal(7, (await ReadAsync(subscription)).Data);
    }

    [SkippableFact]
    public async Task PublishAsync_MoreThanMaxPayload_IsRefusedBeforeSending()
    {
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { Config = "max_payload: 1000" });
        await using var connection = new NatsConnection(server.ClientOptions);
        await connection.ConnectAsync();
        await using var subscription = await connection.SubscribeCoreAsync<byte[]>("big");
        var error = await Assert.ThrowsAsync<NatsPayloadTooLargeException>(async () => await connection.PublishAsync("big", new byte[1001]));
        Assert.Contains("1000", error.Message, StringComparison.Ordinal);
        await connection.PublishAsync("big", new byte[1000]);
        Assert.Equal(1000, (await ReadAsync(subscription)).Data!.Length);
        Assert.Equal(NatsConnectionState.Open, connection.ConnectionState);
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\r\nPUB b 0\r\n")]
    public async Task PublishAsync_SubjectThatWouldBeProtocol_IsRefused(string subject)
    {
        await using var connection = await ConnectAsync();
        await Assert.ThrowsAsync<NatsException>(async () => await connection.PublishAsync(subject, "x"));
        await Assert.ThrowsAsync<NatsException>(async () => await connection.SubscribeCoreAsync<string>(subject));
        await connection.PingAsync();
    }

    [SkippableFact]
    public async Task PublishAsync_FromManyThreads_LosesAndMixesNothing()
    {
        const int Threads = 4, Each = 20_000;
        await using var publisher = await ConnectAsync();
        await using var subscriber = await ConnectAsync();
        await using var subscription = await subscriber.SubscribeCoreAsync<string>(
            "many.*", opts: new NatsSubOpts { ChannelOpts = new() { Capacity = Threads * Each } });
        await subscriber.PingAsync();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(t => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                await publisher.PublishAsync($"many.{t}", $"{t}:{i}");
        })));

        var next = new int[Threads];
        for (var n = 0; n < Threads * Each; n++)
        {
            var message = await ReadAsync(subscription);
            var thread = message.Subject[^1] - '0';
            Assert.Equal($"{thread}:{next[thread]++}", message.Data);
        }
    }

    [SkippableFact]
    public async Task SubscribeCoreAsync_CancelledAtTheSameMoment_LeavesNothingAtTheServer()
    {
        await using var connection = await ConnectAsync();
        for (var i = 0; i < 5_000; i++)
        {
            using var source = new CancellationTokenSource();
            using var together = new Barrier(2);
            var cancelling = Task.Run(() =>
            {
                together.SignalAndWait();
                source.Cancel();
            });
            together.SignalAndWait();
            try
            {
                await connection.SubscribeCoreAsync<int>("race", cancellationToken: source.Token);
            }
            catch (OperationCanceledException)
            {
                // Cancelled before it began.
            }

            await cancelling;
        }

        await Assert.ThrowsAsync<NatsNoRespondersException>(async () => await connection.RequestAsync<int, int>("race", 1));
    }

    [SkippableFact]
    public async Task NatsClient_AnyType_TravelsAsJson()
    {
        var server = await fixture.ServerAsync();
        await using var client = new NatsClient(server.Url);
        await using var subscription = await client.Connection.SubscribeCoreAsync<Reading>("json");
        await client.PublishAsync("json", new Reading("bed-1", 72));
        Assert.Equal(new Reading("bed-1", 72), (await ReadAsync(subscription)).Data);
    }

    [SkippableFact]
    public async Task DisposeAsync_RightAfterPublishing_LosesNothingAndIsFinal()
    {
        const int Count = 50_000;
        await using var subscriber = await ConnectAsync();
        await using var subscription = await subscriber.SubscribeCoreAsync<int>("last", opts: new NatsSubOpts { ChannelOpts = new() { Capacity = Count } });
        await subscriber.PingAsync();
        var publisher = await ConnectAsync();
        for (var i = 0; i < Count; i++)
            await publisher.PublishAsync("last", i);
        await publisher.DisposeAsync();
        await publisher.DisposeAsync();
        for (var i = 0; i < Count; i++)
            Assert.Equal(i, (await ReadAsync(subscription)).Data);
        Assert.Equal(NatsConnectionState.Closed, publisher.ConnectionState);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await publisher.PublishAsync("last", 1));
    }

    private static byte[] Pattern(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)(i * 31))];

    private static CancellationToken Deadline() => new CancellationTokenSource(Soon).Token;

    private static async Task<NatsMsg<T>> ReadAsync<T>(INatsSub<T> subscription) => await subscription.Msgs.ReadAsync(Deadline());

    private static List<T?> Drain<T>(INatsSub<T> subscription)
    {
        var received = new List<T?>();
        while (subscription.Msgs.TryRead(out var message))
            received.Add(message.Data);
        return received;
    }

    private async Task<NatsConnection> ConnectAsync()
    {
        var connection = new NatsConnection((await fixture.ServerAsync()).ClientOptions);
        await connection.ConnectAsync();
        return connection;
    }

    private sealed record Reading(string Id, int Bpm);
}
