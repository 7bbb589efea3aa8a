using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.JetStream;

public sealed class ConsumerTests(NatsFixture fixture) : IClassFixture<NatsFixture>
{
    private static readonly NatsJSFetchOpts Soon = new() { MaxMsgs = 10, Expires = TimeSpan.FromSeconds(1) };

    [SkippableFact]
    public async Task CreateOrUpdateConsumerAsync_EverySetting_IsReadBack()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        var consumer = await stream.CreateOrUpdateConsumerAsync(
            new ConsumerConfig("worker")
            {
                AckWait = TimeSpan.FromSeconds(3),
                MaxDeliver = 4,
                MaxAckPending = 5,
                FilterSubject = $"{stream.Info.Config.Name}.a",
                DeliverPolicy = ConsumerConfigDeliverPolicy.New,
            },
            session.Deadline);

        await consumer.RefreshAsync(session.Deadline);

        var config = consumer.Info.Config;
        Assert.Equal(("worker", "worker", ConsumerConfigAckPolicy.Explicit), (consumer.Info.Name, config.DurableName, config.AckPolicy));
        Assert.Equal((TimeSpan.FromSeconds(3), 4L, 5L), (config.AckWait, config.MaxDeliver, config.MaxAckPending));
        Assert.Equal(($"{stream.Info.Config.Name}.a", ConsumerConfigDeliverPolicy.New), (config.FilterSubject, config.DeliverPolicy));
        Assert.Equal(["worker"], await stream.ListConsumerNamesAsync(session.Deadline).TakeAsync(int.MaxValue));
        Assert.Equal("worker", Assert.Single(await stream.ListConsumersAsync(session.Deadline).TakeAsync(int.MaxValue)).Info.Name);
        Assert.True(await stream.DeleteConsumerAsync("worker", session.Deadline));
    }

    /// <remarks>From a server that ignores them the package delivers everything without a word.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task CreateConsumerAsync_SeveralFilters_WorkOrSayWhatIsMissing()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        var name = stream.Info.Config.Name!;
        await session.PublishAsync($"{name}.a", [1]);
        await session.PublishAsync($"{name}.b", [2]);
        await session.PublishAsync($"{name}.c", [3]);
        var config = new ConsumerConfig("both") { FilterSubjects = [$"{name}.a", $"{name}.c"] };

        if (Version.Parse(session.Connection.ServerInfo!.Version) < new Version(2, 10))
        {
            var error = await Assert.ThrowsAsync<NatsJSException>(() => stream.CreateOrUpdateConsumerAsync(config, session.Deadline).AsTask());
            Assert.Contains("2.10", error.Message, StringComparison.Ordinal);
            Assert.Empty(await stream.ListConsumerNamesAsync(session.Deadline).TakeAsync(int.MaxValue));
        }
        else
        {
            var consumer = await stream.CreateOrUpdateConsumerAsync(config, session.Deadline);
            Assert.Equal([1, 3], await consumer.FetchAsync<int>(Soon, cancellationToken: session.Deadline).NumbersAsync(2));
        }
    }

    [SkippableFact]
    public async Task FetchAsync_FewerThanAsked_ReturnsWhatThereIs()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        await session.PublishAsync($"{stream.Info.Config.Name}.a", [1, 2, 3]);
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker"), session.Deadline);

        Assert.Equal([1, 2, 3], await consumer.FetchAsync<int>(Soon, cancellationToken: session.Deadline).NumbersAsync(int.MaxValue));
    }

    [SkippableFact]
    public async Task FetchNoWaitAsync_Empty_EndsAtOnce()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker"), session.Deadline);

        Assert.Empty(await consumer.FetchNoWaitAsync<int>(new NatsJSFetchOpts { MaxMsgs = 5 }, cancellationToken: session.Deadline).TakeAsync(1));
        await session.PublishAsync($"{stream.Info.Config.Name}.a", [1, 2]);
        Assert.Equal([1, 2], await consumer.FetchNoWaitAsync<int>(new NatsJSFetchOpts { MaxMsgs = 5 }, cancellationToken: session.Deadline).NumbersAsync(int.MaxValue));
    }

    [SkippableFact]
    public async Task NextAsync_NothingInTime_IsNull()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker"), session.Deadline);
        var opts = new NatsJSNextOpts { Expires = TimeSpan.FromSeconds(1) };

        Assert.Null(await consumer.NextAsync<int>(opts: opts, cancellationToken: session.Deadline));
        await session.PublishAsync($"{stream.Info.Config.Name}.a", [7]);
        Assert.Equal(7, (await consumer.NextAsync<int>(opts: opts, cancellationToken: session.Deadline))!.Data);
    }

    [SkippableFact]
    public async Task AckAsync_Confirmed_IsNotDeliveredAgain()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        await session.PublishAsync($"{stream.Info.Config.Name}.a", [1]);
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker"), session.Deadline);

        var msg = await consumer.NextAsync<int>(cancellationToken: session.Deadline);
        await msg!.AckAsync(new AckOpts { DoubleAck = true }, session.Deadline);
        await consumer.RefreshAsync(session.Deadline);

        Assert.Equal((0, 1UL), (consumer.Info.NumAckPending, consumer.Info.AckFloor.StreamSeq));
    }

    [SkippableFact]
    public async Task ConsumeAsync_NotAcknowledged_IsDeliveredAgainAfterAckWait()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        await session.PublishAsync($"{stream.Info.Config.Name}.a", [1]);
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker") { AckWait = TimeSpan.FromMilliseconds(200) }, session.Deadline);

        var deliveries = await consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).TakeAsync(3);

        Assert.Equal([1UL, 2UL, 3UL], deliveries.Select(msg => msg.Metadata!.Value.NumDelivered));
        Assert.All(deliveries, msg => Assert.Equal((1, 1UL), (msg.Data, msg.Metadata!.Value.Sequence.Stream)));
    }

    [SkippableFact]
    public async Task NakAsync_Refused_IsDeliveredAgainAtOnceOrAfterTheDelay()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        await session.PublishAsync($"{stream.Info.Config.Name}.a", [1]);
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker") { AckWait = TimeSpan.FromMinutes(5) }, session.Deadline);
        var delay = TimeSpan.FromMilliseconds(300);

        var times = new List<long>();
        await foreach (var msg in consumer.ConsumeAsync<int>(cancellationToken: session.Deadline))
        {
            times.Add(TimeProvider.System.GetTimestamp());
            if (times.Count == 3)
                break;
            if (times.Count == 1)
                await msg.NakAsync(cancellationToken: session.Deadline);
            else
                await msg.NakAsync(delay, session.Deadline);
        }

        Assert.True(TimeProvider.System.GetElapsedTime(times[1], times[2]) >= delay * 0.9);
    }

    [SkippableFact]
    public async Task AckTerminateAsync_Refused_IsNeverDeliveredAgain()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        await session.PublishAsync($"{stream.Info.Config.Name}.a", [1, 2]);
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker") { AckWait = TimeSpan.FromMilliseconds(100) }, session.Deadline);

        await (await consumer.NextAsync<int>(cancellationToken: session.Deadline))!.AckTerminateAsync(new AckOpts { DoubleAck = true }, session.Deadline);
        var rest = await consumer.FetchAsync<int>(Soon, cancellationToken: session.Deadline).NumbersAsync(3);

        Assert.All(rest, number => Assert.Equal(2, number));
        Assert.NotEmpty(rest);
    }

    [SkippableFact]
    public async Task AckProgressAsync_BeforeAckWait_PutsRedeliveryOff()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        await session.PublishAsync($"{stream.Info.Config.Name}.a", [1]);
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker") { AckWait = TimeSpan.FromSeconds(30) }, session.Deadline);

        var msg = await consumer.NextAsync<int>(cancellationToken: session.Deadline);
        await msg!.AckProgressAsync(new AckOpts { DoubleAck = true }, session.Deadline);
        await consumer.RefreshAsync(session.Deadline);

        Assert.Equal((1, 0), (consumer.Info.NumAckPending, consumer.Info.NumRedelivered));
    }

    [SkippableFact]
    public async Task ConsumeAsync_ManyMoreThanAskedForInAdvance_DeliversAllInOrder()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        const int Count = 3_000;
        for (var i = 0; i < Count; i++)
            await session.Connection.PublishAsync($"{stream.Info.Config.Name}.a", i, cancellationToken: session.Deadline);
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker") { AckPolicy = ConsumerConfigAckPolicy.None }, session.Deadline);

        var byCount = await consumer.ConsumeAsync<int>(opts: new NatsJSConsumeOpts { MaxMsgs = 7 }, cancellationToken: session.Deadline).NumbersAsync(Count);

        Assert.Equal(Enumerable.Range(0, Count), byCount);
    }

    [SkippableFact]
    public async Task ConsumeAsync_LimitInBytes_DeliversAllInOrder()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        const int Count = 500;
        for (var i = 0; i < Count; i++)
            await session.Connection.PublishAsync($"{stream.Info.Config.Name}.a", i, cancellationToken: session.Deadline);
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker") { AckPolicy = ConsumerConfigAckPolicy.None }, session.Deadline);

        var byBytes = await consumer.ConsumeAsync<int>(opts: new NatsJSConsumeOpts { MaxBytes = 4_000 }, cancellationToken: session.Deadline).NumbersAsync(Count);

        Assert.Equal(Enumerable.Range(0, Count), byBytes);
    }

    [SkippableFact]
    public async Task ConsumeAsync_RequestsExpireWithoutMessages_GoesOn()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker"), session.Deadline);
        var expired = new TaskCompletionSource();
        var opts = new NatsJSConsumeOpts
        {
            MaxMsgs = 1,
            Expires = TimeSpan.FromSeconds(1),
            NotificationHandler = (told, _) =>
            {
                if (told is NatsJSProtocolNotification { HeaderCode: 408 })
                    expired.TrySetResult();
                return Task.CompletedTask;
            },
        };

        var next = consumer.ConsumeAsync<int>(opts: opts, cancellationToken: session.Deadline).NumbersAsync(2);
        await expired.Task.WaitAsync(session.Deadline);
        await session.PublishAsync($"{stream.Info.Config.Name}.a", [5, 6]);

        Assert.Equal([5, 6], await next);
    }

    /// <remarks>The package falls silent where it was not told, and throws another exception where it was.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task ConsumeAsync_ConsumerDeletedBehindItsBack_ThrowsInsteadOfFallingSilent()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        await session.PublishAsync($"{stream.Info.Config.Name}.a", [1]);
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker"), session.Deadline);

        await using var messages = consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).GetAsyncEnumerator();
        Assert.True(await messages.MoveNextAsync());
        await stream.DeleteConsumerAsync("worker", session.Deadline);

        var error = await Assert.ThrowsAsync<NatsJSApiException>(() => messages.MoveNextAsync().AsTask());
        Assert.Equal((404, 10014), (error.Error.Code, error.Error.ErrCode));
    }

    [SkippableFact]
    public async Task ConsumeAsync_Cancelled_EndsQuietly()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var consumer = await (await session.NewStreamAsync()).CreateOrUpdateConsumerAsync(new ConsumerConfig("worker"), session.Deadline);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(session.Deadline);

        await using var messages = consumer.ConsumeAsync<int>(cancellationToken: stop.Token).GetAsyncEnumerator(stop.Token);
        var next = messages.MoveNextAsync().AsTask();
        await stop.CancelAsync();

        Assert.False(await next);
    }

    /// <summary>Here, a consumer that serves one request at a time and is read by two.</summary>
    /// <remarks>The package makes no such promise.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task ConsumeAsync_RefusedAgainAndAgain_AsksAgainWithPauses()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        await using var other = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        var name = stream.Info.Config.Name!;
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker") { MaxWaiting = 1 }, session.Deadline);
        await using var requests = await session.Connection.SubscribeCoreAsync<byte[]>($"$JS.API.CONSUMER.MSG.NEXT.{name}.worker");
        await session.Connection.PingAsync();
        var same = await other.Context.GetConsumerAsync(name, "worker", other.Deadline);
        var waiting = same.FetchAsync<int>(new NatsJSFetchOpts { MaxMsgs = 1, Expires = TimeSpan.FromSeconds(2) }, cancellationToken: other.Deadline).TakeAsync(1);
        await requests.Msgs.ReadAsync(session.Deadline);

        var received = consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).NumbersAsync(1);
        Assert.Empty(await waiting);
        await session.PublishAsync($"{name}.a", [7]);

        Assert.Equal([7], await received);
        Assert.InRange(requests.Msgs.Count, 1, 30);
    }

    /// <summary>Heartbeats wait in the queue behind the messages then: the server is not silent, the reader is.</summary>
    [SkippableFact]
    public async Task ConsumeAsync_ReaderBusyForLong_DoesNotTakeItForSilence()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        var name = stream.Info.Config.Name!;
        await session.PublishAsync($"{name}.a", [1, 2, 3]);
        var consumer = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker"), session.Deadline);
        var silences = 0;
        var opts = new NatsJSConsumeOpts
        {
            Expires = TimeSpan.FromSeconds(1),
            IdleHeartbeat = TimeSpan.FromMilliseconds(200),
            NotificationHandler = (told, _) =>
            {
                silences += told is NatsJSTimeoutNotification ? 1 : 0;
                return Task.CompletedTask;
            },
        };

        await using var messages = consumer.ConsumeAsync<int>(opts: opts, cancellationToken: session.Deadline).GetAsyncEnumerator();
        Assert.True(await messages.MoveNextAsync());
        var other = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("clock") { FilterSubject = $"{name}.none" }, session.Deadline);
        Assert.Null(await other.NextAsync<int>(opts: new NatsJSNextOpts { Expires = TimeSpan.FromSeconds(2) }, cancellationToken: session.Deadline));

        Assert.True(await messages.MoveNextAsync());
        Assert.Equal((2, 0), (messages.Current.Data, silences));
    }

    [SkippableTheory]
    [InlineData(0, 30, 5)]
    [InlineData(10, 0, 5)]
    [InlineData(10, 30, 16)]
    public async Task ConsumeAsync_OptionsOutOfRange_ThrowsAndNamesThem(int maxMsgs, int expiresS, int heartbeatS)
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var consumer = await (await session.NewStreamAsync()).CreateOrUpdateConsumerAsync(new ConsumerConfig("worker"), session.Deadline);
        var opts = new NatsJSConsumeOpts { MaxMsgs = maxMsgs, Expires = TimeSpan.FromSeconds(expiresS), IdleHeartbeat = TimeSpan.FromSeconds(heartbeatS) };

        var error = await Assert.ThrowsAsync<NatsJSException>(() => consumer.ConsumeAsync<int>(opts: opts, cancellationToken: session.Deadline).TakeAsync(1));
        Assert.Matches("MaxMsgs|Expires", error.Message);
    }
}
