using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.JetStream;

public sealed class StreamTests(NatsFixture fixture) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task CreateStreamAsync_EverySetting_IsReadBack()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync(config => config with
        {
            Description = "of a test",
            MaxMsgs = 1_000,
            MaxMsgsPerSubject = 10,
            MaxBytes = 1 << 20,
            MaxMsgSize = 4_096,
            MaxAge = TimeSpan.FromMinutes(15),
            DuplicateWindow = TimeSpan.FromSeconds(90),
            Storage = StreamConfigStorage.Memory,
            Discard = StreamConfigDiscard.New,
            AllowDirect = true,
            AllowRollupHdrs = true,
            DenyDelete = true,
        });

        await stream.RefreshAsync(session.Deadline);
        var config = stream.Info.Config;

        Assert.Equal("of a test", config.Description);
        Assert.Equal((1_000, 10, 1 << 20, 4_096), (config.MaxMsgs, config.MaxMsgsPerSubject, config.MaxBytes, config.MaxMsgSize));
        Assert.Equal((TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(90)), (config.MaxAge, config.DuplicateWindow));
        Assert.Equal((StreamConfigStorage.Memory, StreamConfigDiscard.New), (config.Storage, config.Discard));
        Assert.True(config is { AllowDirect: true, AllowRollupHdrs: true, DenyDelete: true });
        Assert.InRange(stream.Info.Created, DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.MaxValue);
    }

    [SkippableFact]
    public async Task CreateStreamAsync_SettingThatAnOldServerIgnores_ReadsBackAsTheServerTookIt()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());

        var stream = await session.NewStreamAsync(config => config with { Compression = StreamConfigCompression.S2 });

        var knowsIt = Version.Parse(session.Connection.ServerInfo!.Version) >= new Version(2, 10);
        Assert.Equal(knowsIt ? StreamConfigCompression.S2 : StreamConfigCompression.None, stream.Info.Config.Compression);
    }

    [SkippableFact]
    public async Task CreateOrUpdateStreamAsync_NewThenChanged_CreatesThenUpdates()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var config = new StreamConfig($"T{Guid.NewGuid():N}", [$"{Guid.NewGuid():N}.>"]) { MaxMsgs = 5 };

        var created = await session.Context.CreateOrUpdateStreamAsync(config, session.Deadline);
        var updated = await session.Context.CreateOrUpdateStreamAsync(config with { MaxMsgs = 7 }, session.Deadline);

        Assert.Equal((5, 7), (created.Info.Config.MaxMsgs, updated.Info.Config.MaxMsgs));
        Assert.Equal(created.Info.Created, updated.Info.Created);
    }

    [SkippableFact]
    public async Task CreateStreamAsync_SubjectsOfAnotherStream_ThrowsTheServersError()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();

        var error = await Assert.ThrowsAsync<NatsJSApiException>(() =>
            session.Context.CreateStreamAsync(new StreamConfig("OTHER", stream.Info.Config.Subjects!), session.Deadline).AsTask());

        Assert.Equal((400, 10065), (error.Error.Code, error.Error.ErrCode));
        Assert.Contains("overlap", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task GetStreamAsync_Unknown_ThrowsNotFound()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());

        var error = await Assert.ThrowsAsync<NatsJSApiException>(() => session.Context.GetStreamAsync("NONE", cancellationToken: session.Deadline).AsTask());

        Assert.Equal((404, 10059), (error.Error.Code, error.Error.ErrCode));
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData("A.B")]
    [InlineData("A *")]
    public async Task GetStreamAsync_NameThatIsNone_ThrowsBeforeAsking(string name)
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        await Assert.ThrowsAsync<ArgumentException>(() => session.Context.GetStreamAsync(name, cancellationToken: session.Deadline).AsTask());
    }

    [SkippableFact]
    public async Task GetStreamAsync_SubjectsFilter_CountsMessagesBySubject()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var name = (await session.NewStreamAsync()).Info.Config.Name!;
        await session.PublishAsync($"{name}.a", [1, 2]);
        await session.PublishAsync($"{name}.b", [3]);

        var stream = await session.Context.GetStreamAsync(name, new StreamInfoRequest { SubjectsFilter = ">" }, session.Deadline);

        Assert.Equal(new Dictionary<string, long> { [$"{name}.a"] = 2, [$"{name}.b"] = 1 }, stream.Info.State.Subjects);
        Assert.Equal((3, 1UL, 3UL), (stream.Info.State.Messages, stream.Info.State.FirstSeq, stream.Info.State.LastSeq));
    }

    [SkippableFact]
    public async Task ListStreamNamesAsync_MoreThanAPage_ListsAll()
    {
        await using var server = await NatsServer.StartAsync();
        await using var session = new JetStreamSession(server);
        const int MoreThanAPage = 300;
        for (var i = 0; i < MoreThanAPage; i++)
            await session.Context.CreateStreamAsync(new StreamConfig($"S{i}", [$"s{i}"]) { Storage = StreamConfigStorage.Memory }, session.Deadline);

        var names = await session.Context.ListStreamNamesAsync(cancellationToken: session.Deadline).TakeAsync(int.MaxValue);
        var infos = await session.Context.ListStreamsAsync(cancellationToken: session.Deadline).TakeAsync(int.MaxValue);

        Assert.Equal(MoreThanAPage, names.Distinct().Count());
        Assert.Equal(names.Order(), infos.Select(stream => stream.Info.Config.Name!).Order());
        Assert.Equal(["S7"], await session.Context.ListStreamNamesAsync("s7", session.Deadline).TakeAsync(int.MaxValue));
    }

    [SkippableFact]
    public async Task GetAsync_BySequenceAndBySubject_ReturnsTheStoredMessage()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync(config => config with { AllowDirect = true });
        var name = stream.Info.Config.Name!;
        await session.PublishAsync($"{name}.a", [1, 2, 3]);

        var second = await stream.GetAsync(new StreamMsgGetRequest { Seq = 2 }, session.Deadline);
        var last = await stream.GetAsync(new StreamMsgGetRequest { LastBySubj = $"{name}.a" }, session.Deadline);
        var direct = await stream.GetDirectAsync<int>(new StreamMsgGetRequest { LastBySubj = $"{name}.a" }, cancellationToken: session.Deadline);

        Assert.Equal((2UL, "2", $"{name}.a"), (second.Message.Seq, System.Text.Encoding.UTF8.GetString(second.Message.Data.Span), second.Message.Subject));
        Assert.Equal(3UL, last.Message.Seq);
        Assert.Equal((3, "3"), (direct.Data, direct.Headers!["Nats-Sequence"].ToString()));
    }

    [SkippableFact]
    public async Task GetAsync_Absent_ThrowsAndDirectSays404()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync(config => config with { AllowDirect = true });

        var error = await Assert.ThrowsAsync<NatsJSApiException>(() => stream.GetAsync(new StreamMsgGetRequest { Seq = 9 }, session.Deadline).AsTask());
        var direct = await stream.GetDirectAsync<int>(new StreamMsgGetRequest { Seq = 9 }, cancellationToken: session.Deadline);

        Assert.Equal((404, 10037), (error.Error.Code, error.Error.ErrCode));
        Assert.Equal(404, direct.Headers!.Code);
    }

    [SkippableFact]
    public async Task PurgeAsync_OneSubject_LeavesTheOthers()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();
        var name = stream.Info.Config.Name!;
        await session.PublishAsync($"{name}.a", [1, 2, 3]);
        await session.PublishAsync($"{name}.b", [4]);

        var purged = await stream.PurgeAsync(new StreamPurgeRequest { Filter = $"{name}.a" }, session.Deadline);
        var deleted = await stream.DeleteMessageAsync(new StreamMsgDeleteRequest { Seq = 4 }, session.Deadline);
        await stream.RefreshAsync(session.Deadline);

        Assert.Equal((3UL, true, 0), (purged.Purged, deleted.Success, stream.Info.State.Messages));
    }

    [SkippableFact]
    public async Task DeleteAsync_Existing_IsGone()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var stream = await session.NewStreamAsync();

        Assert.True(await stream.DeleteAsync(session.Deadline));
        await Assert.ThrowsAsync<NatsJSApiException>(() => stream.RefreshAsync(session.Deadline).AsTask());
    }

    [SkippableFact]
    public async Task GetAccountInfoAsync_OneStreamMore_CountsIt()
    {
        await using var server = await NatsServer.StartAsync();
        await using var session = new JetStreamSession(server);
        await session.NewStreamAsync();

        var account = await session.Context.GetAccountInfoAsync(session.Deadline);

        Assert.Equal((1, -1), (account.Streams, account.Limits.MaxStreams));
        Assert.True(account.Api.Total > 0);
    }

    [SkippableFact]
    public async Task GetAccountInfoAsync_ServerWithoutJetStream_ThrowsNoResponders()
    {
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { JetStream = false });
        await using var session = new JetStreamSession(server);

        await Assert.ThrowsAsync<NatsNoRespondersException>(() => session.Context.GetAccountInfoAsync(session.Deadline).AsTask());
    }
}
