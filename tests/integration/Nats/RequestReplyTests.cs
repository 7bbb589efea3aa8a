using NATS.Client.Core;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Nats;

public sealed class RequestReplyTests(NatsFixture fixture) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task RequestAsync_ServiceThere_GetsItsReply()
    {
        await using var connection = await ConnectAsync();
        await using var service = await ServeAsync(connection, "svc.double", n => n * 2);
        var reply = await connection.RequestAsync<int, int>("svc.double", 21);
        Assert.Equal(42, reply.Data);
    }

    [SkippableFact]
    public async Task RequestAsync_ManyAtOnce_EachGetsItsOwnReply()
    {
        await using var connection = await ConnectAsync();
        await using var service = await ServeAsync(connection, "svc.many", n => n + 1);
        var replies = await Task.WhenAll(Enumerable.Range(0, 2000).Select(async i => (await connection.RequestAsync<int, int>("svc.many", i)).Data));
        Assert.Equal(Enumerable.Range(1, 2000), replies);
    }

    [SkippableFact]
    public async Task RequestAsync_NobodySubscribed_SaysSoAtOnce()
    {
        await using var connection = await ConnectAsync();
        await Assert.ThrowsAsync<NatsNoRespondersException>(async () => await connection.RequestAsync<string, string>("svc.nobody", "?"));
        var reply = await connection.RequestAsync<string, string>("svc.nobody", "?", replyOpts: new NatsSubOpts { ThrowIfNoResponders = false });
        Assert.True(reply.HasNoResponders);
    }

    [SkippableFact]
    public async Task RequestAsync_NoAnswerInTime_ThrowsAndIgnoresTheLateOne()
    {
        await using var connection = await ConnectAsync();
        await using var silent = await connection.SubscribeCoreAsync<string>("svc.slow");
        var timeout = new NatsSubOpts { Timeout = TimeSpan.FromMilliseconds(50) };
        await Assert.ThrowsAsync<NatsNoReplyException>(async () => await connection.RequestAsync<string, string>("svc.slow", "?", replyOpts: timeout));

        var late = await silent.Msgs.ReadAsync();
        await late.ReplyAsync("too late");
        await using var service = await ServeAsync(connection, "svc.fast", n => n);
        Assert.Equal(5, (await connection.RequestAsync<int, int>("svc.fast", 5)).Data);
    }

    [SkippableFact]
    public async Task RequestAsync_Cancelled_ThrowsCancellation()
    {
        await using var connection = await ConnectAsync();
        await using var silent = await connection.SubscribeCoreAsync<string>("svc.cancelled");
        using var source = new CancellationTokenSource();
        var request = connection.RequestAsync<string, string>("svc.cancelled", "?", cancellationToken: source.Token).AsTask();
        await silent.Msgs.ReadAsync();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    [SkippableFact]
    public async Task RequestManyAsync_EmptyMessage_EndsTheReplies()
    {
        await using var connection = await ConnectAsync();
        await using var asked = await connection.SubscribeCoreAsync<string>("svc.list");
        var answering = Task.Run(async () =>
        {
            var question = await asked.Msgs.ReadAsync();
            for (var i = 0; i < 3; i++)
                await question.ReplyAsync(i);
            await question.ReplyAsync();
        });
        var replies = new List<int>();
        await foreach (var reply in connection.RequestManyAsync<string, int>("svc.list", "?"))
            replies.Add(reply.Data);
        await answering;
        Assert.Equal([0, 1, 2], replies);
    }

    [SkippableFact]
    public async Task RequestManyAsync_NobodySubscribed_SaysSo()
    {
        await using var connection = await ConnectAsync();
        await Assert.ThrowsAsync<NatsNoRespondersException>(async () =>
        {
            await foreach (var reply in connection.RequestManyAsync<string, int>("svc.nobody", "?"))
                Assert.Fail($"Nobody said {reply.Data}.");
        });
    }

    private static async Task<INatsSub<int>> ServeAsync(NatsConnection connection, string subject, Func<int, int> answer)
    {
        var service = await connection.SubscribeCoreAsync<int>(subject, opts: new NatsSubOpts { ChannelOpts = new() { Capacity = 10_000 } });
        _ = Task.Run(async () =>
        {
            await foreach (var question in service.Msgs.ReadAllAsync())
                await question.ReplyAsync(answer(question.Data));
        });
        return service;
    }

    private async Task<NatsConnection> ConnectAsync()
    {
        var connection = new NatsConnection((await fixture.ServerAsync()).ClientOptions);
        await connection.ConnectAsync();
        return connection;
    }
}
