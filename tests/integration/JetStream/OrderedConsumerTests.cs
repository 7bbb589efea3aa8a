using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.JetStream;

public sealed class OrderedConsumerTests(NatsFixture fixture) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task ConsumeAsync_WholeStream_DeliversEverythingInOrderWithItsPlace()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        var name = stream.Info.Config.Name!;
        await session.PublishAsync($"{name}.a", Enumerable.Range(0, 50));

        var consumer = await stream.CreateOrderedConsumerAsync(cancellationToken: session.Deadline);
        var messages = await consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).TakeAsync(50);

        Assert.Equal(Enumerable.Range(0, 50), messages.Select(msg => msg.Data));
        Assert.Equal(Enumerable.Range(1, 50).Select(i => (ulong)i), messages.Select(msg => msg.Metadata!.Value.Sequence.Stream));
        var last = messages[^1].Metadata!.Value;
        Assert.Equal((name, consumer.Info.Name, 0UL, 1UL), (last.Stream, last.Consumer, last.NumPending, last.NumDelivered));
        Assert.InRange(last.Timestamp, stream.Info.Created, DateTimeOffset.MaxValue);
        Assert.Equal($"{name}.a", messages[0].Subject);
    }

    /// <remarks>In the package "now" is when reading begins: what came since the consumer was made is skipped.</remarks>
    [SkippableTheory]
    [InlineData(ConsumerConfigDeliverPolicy.All, new[] { 1, 2, 3, 4 })]
    [InlineData(ConsumerConfigDeliverPolicy.Last, new[] { 3, 4 })]
    [InlineData(ConsumerConfigDeliverPolicy.New, new[] { 4 })]
    [InlineData(ConsumerConfigDeliverPolicy.ByStartSequence, new[] { 2, 3, 4 })]
    [InlineData(ConsumerConfigDeliverPolicy.LastPerSubject, new[] { 2, 3, 4 })]
    [Trait("Standin", "better")]
    public async Task ConsumeAsync_Start_IsWhereTheConsumerWasCreated(ConsumerConfigDeliverPolicy policy, int[] expected)
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        var name = stream.Info.Config.Name!;
        await session.PublishAsync($"{name}.a", [1]);
        await session.PublishAsync($"{name}.a", [2]);
        await session.PublishAsync($"{name}.b", [3]);
        var opts = new NatsJSOrderedConsumerOpts { DeliverPolicy = policy, OptStartSeq = policy == ConsumerConfigDeliverPolicy.ByStartSequence ? 2UL : 0 };

        var consumer = await stream.CreateOrderedConsumerAsync(opts, session.Deadline);
        await session.PublishAsync($"{name}.b", [4]);

        Assert.Equal(expected, await consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).NumbersAsync(expected.Length));
    }

    [SkippableFact]
    public async Task ConsumeAsync_ByStartTime_LeavesOutWhatIsOlder()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        var subject = $"{stream.Info.Config.Name}.a";
        await session.PublishAsync(subject, [1, 2]);
        var second = (await stream.GetAsync(new StreamMsgGetRequest { Seq = 2 }, session.Deadline)).Message.Time;
        var opts = new NatsJSOrderedConsumerOpts
        {
            DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartTime,
            OptStartTime = DateTimeOffset.Parse(second, System.Globalization.CultureInfo.InvariantCulture).AddTicks(1),
        };

        var consumer = await stream.CreateOrderedConsumerAsync(opts, session.Deadline);
        await session.PublishAsync(subject, [3]);

        Assert.Equal([3], await consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).NumbersAsync(1));
    }

    [SkippableFact]
    public async Task ConsumeAsync_OneFilter_DeliversThatSubjectAlone()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        var name = stream.Info.Config.Name!;
        await session.PublishAsync($"{name}.a.x", [1]);
        await session.PublishAsync($"{name}.b.x", [2]);
        await session.PublishAsync($"{name}.a.y", [3]);

        var consumer = await stream.CreateOrderedConsumerAsync(new NatsJSOrderedConsumerOpts { FilterSubjects = [$"{name}.a.*"] }, session.Deadline);

        Assert.Equal([1, 3], await consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).NumbersAsync(2));
    }

    [SkippableFact]
    public async Task ConsumeAsync_PooledMemory_HandsOutEachPayload()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        await session.PublishAsync($"{stream.Info.Config.Name}.a", Enumerable.Range(0, 100));
        var consumer = await stream.CreateOrderedConsumerAsync(cancellationToken: session.Deadline);

        var texts = new List<string>();
        await foreach (var msg in consumer.ConsumeAsync<NatsMemoryOwner<byte>>(cancellationToken: session.Deadline))
        {
            using var owner = msg.Data;
            texts.Add(System.Text.Encoding.UTF8.GetString(owner.Span));
            if (texts.Count == 100)
                break;
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), texts);
    }

    [SkippableFact]
    public async Task FetchAsync_AfterConsuming_GoesOnWhereItWas()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        await session.PublishAsync($"{stream.Info.Config.Name}.a", Enumerable.Range(0, 9));
        var consumer = await stream.CreateOrderedConsumerAsync(cancellationToken: session.Deadline);

        var first = await consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).NumbersAsync(3);
        var second = await consumer.FetchAsync<int>(new NatsJSFetchOpts { MaxMsgs = 4 }, cancellationToken: session.Deadline).NumbersAsync(int.MaxValue);
        var third = await consumer.NextAsync<int>(cancellationToken: session.Deadline);

        Assert.Equal([0, 1, 2], first);
        Assert.Equal([3, 4, 5, 6], second);
        Assert.Equal(7, third!.Data);
    }

    [SkippableFact]
    public async Task ConsumeAsync_Left_TakesItsConsumerFromTheServer()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        await session.PublishAsync($"{stream.Info.Config.Name}.a", [1]);
        var consumer = await stream.CreateOrderedConsumerAsync(cancellationToken: session.Deadline);

        await consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).TakeAsync(1);

        await Eventually.TrueAsync(async () => (await stream.ListConsumerNamesAsync(session.Deadline).TakeAsync(1)).Count == 0);
    }

    [SkippableFact]
    public async Task ConsumeAsync_ConnectionDisposed_Ends()
    {
        var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        await session.PublishAsync($"{stream.Info.Config.Name}.a", [1]);
        var ordered = await stream.CreateOrderedConsumerAsync(cancellationToken: session.Deadline);
        var durable = await stream.CreateOrUpdateConsumerAsync(new ConsumerConfig("worker"), session.Deadline);
        await using var one = ordered.ConsumeAsync<int>(cancellationToken: session.Deadline).GetAsyncEnumerator();
        await using var other = durable.ConsumeAsync<int>(cancellationToken: session.Deadline).GetAsyncEnumerator();
        Assert.True(await one.MoveNextAsync() && await other.MoveNextAsync());

        await session.Connection.DisposeAsync();

        Assert.False(await one.MoveNextAsync());
        Assert.False(await other.MoveNextAsync());
        await session.DisposeAsync();
    }

    /// <remarks>In the package two readers get a consumer each and mix what is in order.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task ConsumeAsync_SecondReader_Throws()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        await session.PublishAsync($"{stream.Info.Config.Name}.a", [1]);
        var consumer = await stream.CreateOrderedConsumerAsync(cancellationToken: session.Deadline);

        await using var first = consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).GetAsyncEnumerator();
        Assert.True(await first.MoveNextAsync());

        await Assert.ThrowsAsync<NatsJSException>(() => consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).TakeAsync(1));
    }
}
