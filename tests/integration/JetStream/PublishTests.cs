using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.JetStream;

public sealed class PublishTests(NatsFixture fixture) : IClassFixture<NatsFixture>
{
    private const int WrongLastSequence = 10071;

    [SkippableFact]
    public async Task PublishAsync_Stored_SaysStreamAndSequence()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var name = (await session.NewStreamAsync()).Info.Config.Name!;

        var first = await session.Context.PublishAsync($"{name}.a", 1, cancellationToken: session.Deadline);
        var second = await session.Context.PublishAsync($"{name}.a", 2, cancellationToken: session.Deadline);

        Assert.Equal((name, 1UL, 2UL), (first.Stream, first.Seq, second.Seq));
        Assert.True(first.IsSuccess());
    }

    [SkippableFact]
    public async Task PublishAsync_SameIdTwice_IsStoredOnce()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        var subject = $"{stream.Info.Config.Name}.a";
        var opts = new NatsJSPubOpts { MsgId = "beat-1" };

        var first = await session.Context.PublishAsync(subject, 1, opts: opts, cancellationToken: session.Deadline);
        var again = await session.Context.PublishAsync(subject, 1, opts: opts, cancellationToken: session.Deadline);
        await stream.RefreshAsync(session.Deadline);

        Assert.False(first.Duplicate);
        Assert.True(again.Duplicate);
        Assert.Equal((1, first.Seq), (stream.Info.State.Messages, again.Seq));
        Assert.Equal(1UL, Assert.Throws<NatsJSDuplicateMessageException>(again.EnsureSuccess).Sequence);
    }

    [SkippableFact]
    public async Task PublishAsync_WrongLastSubjectSequence_IsRefusedWith10071()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var subject = $"{(await session.NewStreamAsync()).Info.Config.Name}.a";

        var none = await session.Context.PublishAsync(subject, 1, opts: new NatsJSPubOpts { ExpectedLastSubjectSequence = 0 }, cancellationToken: session.Deadline);
        var behind = await session.Context.PublishAsync(subject, 2, opts: new NatsJSPubOpts { ExpectedLastSubjectSequence = 0 }, cancellationToken: session.Deadline);
        var right = await session.Context.PublishAsync(subject, 2, opts: new NatsJSPubOpts { ExpectedLastSubjectSequence = none.Seq }, cancellationToken: session.Deadline);

        Assert.Null(none.Error);
        Assert.Equal(WrongLastSequence, behind.Error?.ErrCode);
        Assert.Equal(WrongLastSequence, Assert.Throws<NatsJSApiException>(behind.EnsureSuccess).Error.ErrCode);
        Assert.Equal((2UL, null), (right.Seq, right.Error));
    }

    [SkippableFact]
    public async Task PublishAsync_WrongExpectations_AreRefused()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var subject = $"{(await session.NewStreamAsync()).Info.Config.Name}.a";
        NatsJSPubOpts[] wrong =
        [
            new() { ExpectedStream = "OTHER" },
            new() { ExpectedLastSequence = 7 },
            new() { ExpectedLastMsgId = "another" },
        ];

        foreach (var opts in wrong)
            Assert.NotNull((await session.Context.PublishAsync(subject, 1, opts: opts, cancellationToken: session.Deadline)).Error);
    }

    /// <remarks>The package writes into the caller's headers.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task PublishAsync_CallersHeaders_ArriveAndStayAsTheyWere()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        var headers = new NatsHeaders { ["traceparent"] = "00-1" };

        await session.Context.PublishAsync($"{stream.Info.Config.Name}.a", 1, opts: new NatsJSPubOpts { MsgId = "x" }, headers: headers, cancellationToken: session.Deadline);
        var consumer = await stream.CreateOrderedConsumerAsync(cancellationToken: session.Deadline);
        var msg = await consumer.NextAsync<int>(cancellationToken: session.Deadline);

        Assert.Equal(["traceparent"], headers.Keys);
        Assert.Equal(("00-1", "x"), (msg!.Headers!["traceparent"].ToString(), msg.Headers["Nats-Msg-Id"].ToString()));
    }

    [SkippableFact]
    public async Task PublishAsync_SubjectOfNoStream_ThrowsAfterItsAttempts()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var opts = new NatsJSPubOpts { RetryAttempts = 2, RetryWaitBetweenAttempts = TimeSpan.FromMilliseconds(1) };

        await Assert.ThrowsAsync<NatsJSPublishNoResponseException>(() => session.Context.PublishAsync("nowhere", 1, opts: opts, cancellationToken: session.Deadline).AsTask());
        var future = await session.Context.PublishConcurrentAsync("nowhere", 1, cancellationToken: session.Deadline);
        await Assert.ThrowsAsync<NatsJSPublishNoResponseException>(() => future.GetResponseAsync(session.Deadline).AsTask());
        Assert.False((await session.Context.TryPublishAsync("nowhere", 1, opts: opts, cancellationToken: session.Deadline)).Success);
    }

    [SkippableFact]
    public async Task PublishConcurrentAsync_ServerTakesNothingForAWhile_WaitsAndStaysInOrder()
    {
        var server = await fixture.ServerAsync();
        await using var proxy = new FaultProxy(server.Port);
        await using var session = new JetStreamSession(server.ClientOptions with { Url = proxy.Url, CommandTimeout = TimeSpan.FromSeconds(30) });
        var stream = await session.NewStreamAsync();
        var futures = new List<NatsJSPublishConcurrentFuture>();
        proxy.Freeze();
        var payload = new byte[50_000];
        ValueTask<NatsJSPublishConcurrentFuture> publish;
        while ((publish = PublishAsync()).IsCompletedSuccessfully)
        {
            futures.Add(await publish);
            Assert.True(futures.Count < 2_000, "100 MB are on their way to a server that takes nothing.");
        }

        proxy.Thaw();
        futures.Add(await publish);
        for (var i = 0; i < 100; i++)
            futures.Add(await PublishAsync());

        var sequences = new List<ulong>();
        foreach (var future in futures)
            sequences.Add((await future.GetResponseAsync(session.Deadline)).Seq);
        Assert.Equal(Enumerable.Range(1, futures.Count).Select(i => (ulong)i), sequences);

        ValueTask<NatsJSPublishConcurrentFuture> PublishAsync() =>
            session.Context.PublishConcurrentAsync($"{stream.Info.Config.Name}.a", payload, cancellationToken: session.Deadline);
    }

    [SkippableFact]
    public async Task PublishConcurrentAsync_ManyInFlight_AreStoredInOrder()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        const int Count = 2_000;

        var futures = new List<NatsJSPublishConcurrentFuture>();
        for (var i = 0; i < Count; i++)
            futures.Add(await session.Context.PublishConcurrentAsync($"{stream.Info.Config.Name}.a", i, cancellationToken: session.Deadline));
        var sequences = new List<ulong>();
        foreach (var future in futures)
            sequences.Add((await future.GetResponseAsync(session.Deadline)).Seq);

        var consumer = await stream.CreateOrderedConsumerAsync(cancellationToken: session.Deadline);
        Assert.Equal(Enumerable.Range(1, Count).Select(i => (ulong)i), sequences);
        Assert.Equal(Enumerable.Range(0, Count), await consumer.ConsumeAsync<int>(cancellationToken: session.Deadline).NumbersAsync(Count));
    }
}
