using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.JetStream;

/// <summary>Whatever happens between an ordered consumer and its stream: every message once, and in order.</summary>
public sealed class OrderedConsumerFaultTests
{
    // The shortest that the server takes, so that silence is found soon.
    private static readonly NatsJSConsumeOpts Watchful = new()
    {
        Expires = TimeSpan.FromSeconds(1),
        IdleHeartbeat = TimeSpan.FromMilliseconds(250),
    };

    [SkippableFact]
    public async Task ConsumeAsync_ServerKilledAndRestarted_DeliversEverythingOnceInOrder()
    {
        await using var server = await NatsServer.StartAsync();
        await using var session = new JetStreamSession(server.ClientOptions with { RequestTimeout = TimeSpan.FromMilliseconds(500) });
        var stream = await session.NewStreamAsync();
        var subject = $"{stream.Info.Config.Name}.a";
        var consumer = await stream.CreateOrderedConsumerAsync(cancellationToken: session.Deadline);
        const int Count = 600;
        var received = new Progress(consumer.ConsumeAsync<int>(cancellationToken: session.Deadline), Count);

        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < Count; i++)
                await session.PublishSurelyAsync(subject, i);
        });
        foreach (var reached in new[] { 150, 350 })
        {
            await received.ReachedAsync(reached);
            await server.RestartAsync(session.Deadline);
        }

        await publishing;
        Assert.Equal(Enumerable.Range(0, Count), await received.All);
    }

    [SkippableFact]
    public async Task ConsumeAsync_ConsumerDeletedBehindItsBack_GoesOnWithANewOne()
    {
        await using var server = await NatsServer.StartAsync();
        await using var session = new JetStreamSession(server);
        var stream = await session.NewStreamAsync();
        var subject = $"{stream.Info.Config.Name}.a";
        var consumer = await stream.CreateOrderedConsumerAsync(cancellationToken: session.Deadline);
        var received = new Progress(consumer.ConsumeAsync<int>(cancellationToken: session.Deadline), 30);

        for (var i = 0; i < 30; i++)
        {
            if (i % 10 == 5)
            {
                await received.ReachedAsync(i);
                Assert.True(await stream.DeleteConsumerAsync(consumer.Info.Name, session.Deadline));
            }

            await session.PublishAsync(subject, [i]);
        }

        Assert.Equal(Enumerable.Range(0, 30), await received.All);
    }

    [SkippableFact]
    public async Task ConsumeAsync_DeliveriesStolen_FindsTheGapAndReadsThemAgain()
    {
        await using var server = await NatsServer.StartAsync();
        await using var session = new JetStreamSession(server);
        await using var thief = new JetStreamSession(server);
        var stream = await session.NewStreamAsync();
        var subject = $"{stream.Info.Config.Name}.a";
        var consumer = await stream.CreateOrderedConsumerAsync(cancellationToken: session.Deadline);
        var received = new Progress(consumer.ConsumeAsync<int>(cancellationToken: session.Deadline), 40);
        await session.PublishAsync(subject, Enumerable.Range(0, 10));
        await received.ReachedAsync(10);

        var same = await thief.Context.GetConsumerAsync(stream.Info.Config.Name!, consumer.Info.Name, session.Deadline);
        var stolen = same.FetchAsync<int>(new NatsJSFetchOpts { MaxMsgs = 5, Expires = TimeSpan.FromSeconds(2) }, cancellationToken: session.Deadline).TakeAsync(5);
        await Eventually.TrueAsync(async () =>
        {
            await same.RefreshAsync(session.Deadline);
            return same.Info.NumWaiting > 1;
        });
        await session.PublishAsync(subject, Enumerable.Range(10, 30));

        Assert.Equal(Enumerable.Range(0, 40), await received.All);
        Assert.NotEmpty(await stolen);
    }

    [SkippableFact]
    public async Task ConsumeAsync_CutAgainAndAgainInTheMiddleOfMessages_DeliversEverythingOnceInOrder()
    {
        await using var server = await NatsServer.StartAsync();
        await using var direct = new JetStreamSession(server);
        await using var proxy = new FaultProxy(server.Port) { CutAfterBytesToClient = 30_011, PieceBytes = 977 };
        await using var session = new JetStreamSession(server.ClientOptions with { Url = proxy.Url });
        var name = (await direct.NewStreamAsync()).Info.Config.Name!;
        const int Count = 3_000;
        for (var i = 0; i < Count; i++)
            await direct.Connection.PublishAsync($"{name}.a", i, cancellationToken: direct.Deadline);

        var consumer = await session.Context.CreateOrderedConsumerAsync(name, cancellationToken: session.Deadline);
        var received = await consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).NumbersAsync(Count);

        Assert.Equal(Enumerable.Range(0, Count), received);
        Assert.True(proxy.BytesToClient > 5 * 30_011, "The line was not cut often enough to prove anything.");
    }

    [SkippableFact]
    public async Task ConsumeAsync_LineFrozen_NoticesTheSilenceAndGoesOn()
    {
        await using var server = await NatsServer.StartAsync();
        await using var direct = new JetStreamSession(server);
        await using var proxy = new FaultProxy(server.Port);
        await using var session = new JetStreamSession(new NatsOpts { Url = proxy.Url, RequestTimeout = TimeSpan.FromMilliseconds(500) });
        var name = (await direct.NewStreamAsync()).Info.Config.Name!;
        var silence = new TaskCompletionSource();
        var opts = Watchful with
        {
            NotificationHandler = (told, _) =>
            {
                if (told is NatsJSTimeoutNotification)
                    silence.TrySetResult();
                return Task.CompletedTask;
            },
        };
        var consumer = await session.Context.CreateOrderedConsumerAsync(name, cancellationToken: session.Deadline);
        var received = new Progress(consumer.ConsumeAsync<int>(opts: opts, cancellationToken: session.Deadline), 20);
        await direct.PublishAsync($"{name}.a", Enumerable.Range(0, 10));
        await received.ReachedAsync(10);

        proxy.Freeze();
        await direct.PublishAsync($"{name}.a", Enumerable.Range(10, 10));
        await silence.Task.WaitAsync(session.Deadline);
        proxy.Thaw();

        Assert.Equal(Enumerable.Range(0, 20), await received.All);
    }

    /// <remarks>In the package "now" begins anew with each reset, and what came between is skipped.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task ConsumeAsync_FromNowAndResetBeforeTheFirstMessage_SkipsNothing()
    {
        await using var server = await NatsServer.StartAsync();
        await using var direct = new JetStreamSession(server);
        await using var proxy = new FaultProxy(server.Port);
        await using var session = new JetStreamSession(server.ClientOptions with { Url = proxy.Url });
        var stream = await direct.NewStreamAsync();
        var name = stream.Info.Config.Name!;
        await direct.PublishAsync($"{name}.a", [-1]);
        var consumer = await session.Context.CreateOrderedConsumerAsync(name, new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.New }, session.Deadline);

        proxy.Refuse = true;
        proxy.Cut();
        await direct.PublishAsync($"{name}.a", [0, 1, 2]);
        await stream.DeleteConsumerAsync(consumer.Info.Name, direct.Deadline);
        proxy.Refuse = false;

        Assert.Equal([0, 1, 2], await consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).NumbersAsync(3));
    }

    /// <remarks>The package makes no such promise.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task ConsumeAsync_StreamDeleted_ThrowsInsteadOfFallingSilent()
    {
        await using var server = await NatsServer.StartAsync();
        await using var session = new JetStreamSession(server);
        var stream = await session.NewStreamAsync();
        await session.PublishAsync($"{stream.Info.Config.Name}.a", [1]);
        var consumer = await stream.CreateOrderedConsumerAsync(cancellationToken: session.Deadline);

        await using var messages = consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).GetAsyncEnumerator();
        Assert.True(await messages.MoveNextAsync());
        await stream.DeleteAsync(session.Deadline);

        var error = await Assert.ThrowsAsync<NatsJSApiException>(() => messages.MoveNextAsync().AsTask());
        Assert.Equal((404, 10059), (error.Error.Code, error.Error.ErrCode));
    }

    [SkippableFact]
    public async Task ConsumeAsync_DurableThroughAServerRestart_GoesOn()
    {
        await using var server = await NatsServer.StartAsync();
        await using var session = new JetStreamSession(server);
        var stream = await session.NewStreamAsync();
        var subject = $"{stream.Info.Config.Name}.a";
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker") { AckWait = TimeSpan.FromSeconds(1) }, session.Deadline);
        await session.PublishAsync(subject, Enumerable.Range(0, 10));

        var distinct = new HashSet<int>();
        await foreach (var msg in consumer.ConsumeAsync<int>(cancellationToken: session.Deadline))
        {
            await msg.AckAsync(cancellationToken: session.Deadline);
            distinct.Add(msg.Data);
            if (distinct.Count == 10 && msg.Data == 9)
            {
                await server.RestartAsync(session.Deadline);
                for (var i = 10; i < 20; i++)
                    await session.PublishSurelyAsync(subject, i);
            }

            if (distinct.Count == 20)
                break;
        }

        Assert.Equal(Enumerable.Range(0, 20), distinct.Order());
    }

    /// <summary>Reads in the background and tells how far it has come.</summary>
    private sealed class Progress
    {
        private readonly List<int> _numbers = [];

        public Progress(IAsyncEnumerable<INatsJSMsg<int>> source, int count) => All = Task.Run(() => ReadAsync(source, count));

        public Task<List<int>> All { get; }

        public Task ReachedAsync(int count) => Eventually.TrueAsync(() => All.IsFaulted || Count >= count, what: $"{count} received");

        private int Count
        {
            get
            {
                lock (_numbers)
                    return _numbers.Count;
            }
        }

        private async Task<List<int>> ReadAsync(IAsyncEnumerable<INatsJSMsg<int>> source, int count)
        {
            await foreach (var msg in source)
            {
                lock (_numbers)
                    _numbers.Add(msg.Data);
                if (Count == count)
                    break;
            }

            return _numbers;
        }
    }
}
