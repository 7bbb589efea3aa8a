using NATS.Client.KeyValueStore;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.JetStream;

public sealed class KeyValueWatchTests
{
    [SkippableFact]
    public async Task WatchAsync_ValuesThenUpdates_TellsTheLastOfEachThenEveryChange()
    {
        await using var server = await NatsServer.StartAsync();
        await using var session = new JetStreamSession(server);
        var store = await KeyValueTests.StoreAsync(session, history: 8);
        foreach (var (key, value) in new[] { ("a", 1), ("b", 2), ("a", 3) })
            await store.PutAsync(key, value, cancellationToken: session.Deadline);

        var initial = new TaskCompletionSource();
        var opts = new NatsKVWatchOpts { OnNoData = Told(initial) };
        var watching = store.WatchAsync<int>(opts: opts, cancellationToken: session.Deadline).TakeAsync(5);
        await initial.Task.WaitAsync(session.Deadline);
        await store.PutAsync("a", 4, cancellationToken: session.Deadline);
        await store.PutAsync("c", 5, cancellationToken: session.Deadline);
        await store.DeleteAsync("b", cancellationToken: session.Deadline);

        var told = await watching;
        Assert.Equal([("b", 2), ("a", 3), ("a", 4), ("c", 5), ("b", 0)], told.Select(entry => (entry.Key, entry.Value)));
        Assert.Equal(NatsKVOperation.Del, told[^1].Operation);
        Assert.Equal(told.Select(entry => entry.Revision).Order(), told.Select(entry => entry.Revision));
    }

    [SkippableFact]
    public async Task WatchAsync_EmptyBucket_SaysAtOnceThatThereIsNothing()
    {
        await using var server = await NatsServer.StartAsync();
        await using var session = new JetStreamSession(server);
        var store = await KeyValueTests.StoreAsync(session);

        var opts = new NatsKVWatchOpts { OnNoData = _ => new(true), IdleHeartbeat = TimeSpan.FromMinutes(5) };

        Assert.Empty(await store.WatchAsync<int>(opts: opts, cancellationToken: session.Deadline).TakeAsync(1));
    }

    [SkippableFact]
    public async Task WatchAsync_HeartbeatShorterThanAnyPullMayWait_TellsTheValues()
    {
        await using var server = await NatsServer.StartAsync();
        await using var session = new JetStreamSession(server);
        var store = await KeyValueTests.StoreAsync(session);
        await store.PutAsync("a", 1, cancellationToken: session.Deadline);

        var opts = new NatsKVWatchOpts { IdleHeartbeat = TimeSpan.FromMilliseconds(200) };

        Assert.Equal([1], (await store.WatchAsync<int>(opts: opts, cancellationToken: session.Deadline).TakeAsync(1)).Select(entry => entry.Value));
    }

    [SkippableFact]
    public async Task WatchAsync_Options_ChooseWhatIsTold()
    {
        await using var server = await NatsServer.StartAsync();
        await using var session = new JetStreamSession(server);
        var store = await KeyValueTests.StoreAsync(session, history: 8);
        await store.PutAsync("a", 1, cancellationToken: session.Deadline);
        await store.PutAsync("a", 2, cancellationToken: session.Deadline);
        await store.DeleteAsync("b", cancellationToken: session.Deadline);
        await store.PutAsync("c.x", 4, cancellationToken: session.Deadline);

        async Task<List<int>> ToldAsync(NatsKVWatchOpts opts, string pattern = ">") =>
        [
            .. (await store.WatchAsync<int>(pattern, opts: opts with { OnNoData = _ => new(true) }, cancellationToken: session.Deadline).TakeAsync(9))
                .Select(entry => entry.Value),
        ];

        Assert.Equal([1, 2, 0, 4], await ToldAsync(new NatsKVWatchOpts { IncludeHistory = true }));
        Assert.Equal([2, 4], await ToldAsync(new NatsKVWatchOpts { IgnoreDeletes = true }));
        Assert.Equal([4], await ToldAsync(new NatsKVWatchOpts(), "c.*"));
        Assert.Equal([2, 0, 4], await ToldAsync(new NatsKVWatchOpts { ResumeAtRevision = 2 }));
        Assert.Equal([0, 0, 0], await ToldAsync(new NatsKVWatchOpts { MetaOnly = true }));
        Assert.Empty(await ToldAsync(new NatsKVWatchOpts { UpdatesOnly = true }));
    }

    [SkippableFact]
    public async Task WatchAsync_ServerKilledAndRestarted_TellsEveryChangeOnceInOrder()
    {
        await using var server = await NatsServer.StartAsync();
        await using var session = new JetStreamSession(server);
        var store = await KeyValueTests.StoreAsync(session, history: 64);
        await store.PutAsync("a", 0, cancellationToken: session.Deadline);
        var initial = new TaskCompletionSource();
        var watching = store.WatchAsync<int>(opts: new NatsKVWatchOpts { OnNoData = Told(initial) }, cancellationToken: session.Deadline).TakeAsync(30);
        await initial.Task.WaitAsync(session.Deadline);

        for (var value = 1; value < 30; value++)
        {
            if (value % 10 == 5)
                await server.RestartAsync(session.Deadline);
            while (!(await store.TryUpdateAsync("a", value, (ulong)value, cancellationToken: session.Deadline)).Success)
            {
                if ((await store.TryGetEntryAsync<int>("a", cancellationToken: session.Deadline)) is { Success: true, Value.Value: var last } && last == value)
                    break;
            }
        }

        Assert.Equal(Enumerable.Range(0, 30), (await watching).Select(entry => entry.Value));
    }

    /// <remarks>The package makes no such promise.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task WatchAsync_CutInTheMiddleOfTheInitialValues_TellsTheLastOfEachKeyOnce()
    {
        await using var server = await NatsServer.StartAsync();
        await using var direct = new JetStreamSession(server);
        await using var proxy = new FaultProxy(server.Port) { CutAfterBytesToClient = 20_011 };
        await using var session = new JetStreamSession(server.ClientOptions with { Url = proxy.Url });
        var store = await KeyValueTests.StoreAsync(direct, history: 8);
        const int Keys = 1_000;
        for (var round = 0; round < 2; round++)
        {
            for (var key = 0; key < Keys; key++)
                await direct.Connection.PublishAsync($"$KV.{store.Bucket}.k{key}", round * Keys + key, cancellationToken: direct.Deadline);
        }

        await direct.Connection.PingAsync(direct.Deadline);
        var same = await new NatsKVContext(session.Context).GetStoreAsync(store.Bucket, session.Deadline);
        var told = await same.WatchAsync<int>(opts: new NatsKVWatchOpts { OnNoData = _ => new(true) }, cancellationToken: session.Deadline).TakeAsync(int.MaxValue);

        Assert.Equal(Enumerable.Range(Keys, Keys), told.Select(entry => entry.Value));
        Assert.True(proxy.BytesToClient > 3 * 20_011, "The line was not cut often enough to prove anything.");
    }

    private static Func<CancellationToken, ValueTask<bool>> Told(TaskCompletionSource source) => _ =>
    {
        source.TrySetResult();
        return new(false);
    };
}
