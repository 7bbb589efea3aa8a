using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using NATS.Client.KeyValueStore;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.JetStream;

public sealed class KeyValueTests(NatsFixture fixture) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task CreateOrUpdateStoreAsync_Bucket_IsTheStreamThatAllClientsAgreeOn()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var (buckets, bucket) = New(session);
        await buckets.CreateOrUpdateStoreAsync(new NatsKVConfig(bucket) { History = 8, MaxAge = TimeSpan.FromSeconds(60), MaxValueSize = 900 }, session.Deadline);

        var config = (await session.Context.GetStreamAsync($"KV_{bucket}", cancellationToken: session.Deadline)).Info.Config;

        Assert.Equal([$"$KV.{bucket}.>"], config.Subjects!);
        Assert.Equal((8L, -1L, 900, TimeSpan.FromSeconds(60)), (config.MaxMsgsPerSubject, config.MaxMsgs, config.MaxMsgSize, config.DuplicateWindow));
        Assert.Equal((StreamConfigDiscard.New, StreamConfigStorage.File), (config.Discard, config.Storage));
        Assert.True(config is { AllowRollupHdrs: true, AllowDirect: true, DenyDelete: true, DenyPurge: false });
        Assert.Contains(bucket, await buckets.GetBucketNamesAsync(session.Deadline).TakeAsync(int.MaxValue));
        Assert.Contains(await buckets.GetStatusesAsync(session.Deadline).TakeAsync(int.MaxValue), status => status.Bucket == bucket);
        Assert.True(await buckets.DeleteStoreAsync(bucket, session.Deadline));
    }

    [SkippableFact]
    public async Task PutAsync_ThenGetEntryAsync_ReturnsValueRevisionAndTime()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var store = await StoreAsync(session);

        var first = await store.PutAsync("ecg.bed-1", "a", cancellationToken: session.Deadline);
        var second = await store.PutAsync("ecg.bed-1", "b", cancellationToken: session.Deadline);
        var entry = await store.GetEntryAsync<string>("ecg.bed-1", cancellationToken: session.Deadline);

        Assert.True(second > first);
        Assert.Equal(("ecg.bed-1", "b", second, NatsKVOperation.Put), (entry.Key, entry.Value, entry.Revision, entry.Operation));
        Assert.InRange(entry.Created, (await store.GetStatusAsync(session.Deadline)).Info.Created, DateTimeOffset.MaxValue);
    }

    [SkippableFact]
    public async Task GetEntryAsync_Revision_ReturnsItUnlessItIsAnotherKeys()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var store = await StoreAsync(session, history: 2);
        var first = await store.PutAsync("a", 1, cancellationToken: session.Deadline);
        var other = await store.PutAsync("b", 2, cancellationToken: session.Deadline);
        await store.PutAsync("a", 3, cancellationToken: session.Deadline);

        Assert.Equal(1, (await store.GetEntryAsync<int>("a", first, cancellationToken: session.Deadline)).Value);
        await Assert.ThrowsAsync<NatsKVKeyNotFoundException>(() => store.GetEntryAsync<int>("a", other, cancellationToken: session.Deadline).AsTask());
    }

    [SkippableFact]
    public async Task GetEntryAsync_StreamWithoutDirectReads_AsksTheLeader()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var bucket = $"B{Guid.NewGuid():N}";
        await session.Context.CreateStreamAsync(
            new StreamConfig($"KV_{bucket}", [$"$KV.{bucket}.>"]) { MaxMsgsPerSubject = 5, AllowRollupHdrs = true }, session.Deadline);
        var store = await new NatsKVContext(session.Context).GetStoreAsync(bucket, session.Deadline);

        var revision = await store.PutAsync("a", "x", cancellationToken: session.Deadline);
        var entry = await store.GetEntryAsync<string>("a", cancellationToken: session.Deadline);
        await store.DeleteAsync("a", cancellationToken: session.Deadline);

        Assert.Equal(("x", revision), (entry.Value, entry.Revision));
        await Assert.ThrowsAsync<NatsKVKeyDeletedException>(() => store.GetEntryAsync<string>("a", cancellationToken: session.Deadline).AsTask());
        await Assert.ThrowsAsync<NatsKVKeyNotFoundException>(() => store.GetEntryAsync<string>("b", cancellationToken: session.Deadline).AsTask());
    }

    [SkippableFact]
    public async Task GetEntryAsync_MissingOrDeleted_ThrowsWhichOfThem()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var store = await StoreAsync(session);
        await store.PutAsync("gone", 1, cancellationToken: session.Deadline);
        await store.DeleteAsync("gone", cancellationToken: session.Deadline);

        await Assert.ThrowsAsync<NatsKVKeyNotFoundException>(() => store.GetEntryAsync<int>("never", cancellationToken: session.Deadline).AsTask());
        var deleted = await Assert.ThrowsAsync<NatsKVKeyDeletedException>(() => store.GetEntryAsync<int>("gone", cancellationToken: session.Deadline).AsTask());
        Assert.Equal(2UL, deleted.Revision);
        Assert.IsType<NatsKVKeyNotFoundException>((await store.TryGetEntryAsync<int>("never", cancellationToken: session.Deadline)).Error);
    }

    [SkippableFact]
    public async Task CreateAsync_ExistingOrDeleted_RefusesTheOneAndTakesTheOther()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var store = await StoreAsync(session);

        await store.CreateAsync("a", 1, cancellationToken: session.Deadline);
        await Assert.ThrowsAsync<NatsKVCreateException>(() => store.CreateAsync("a", 2, cancellationToken: session.Deadline).AsTask());
        await store.DeleteAsync("a", cancellationToken: session.Deadline);
        await store.CreateAsync("a", 3, cancellationToken: session.Deadline);
        await store.PurgeAsync("a", cancellationToken: session.Deadline);
        await store.CreateAsync("a", 4, cancellationToken: session.Deadline);

        Assert.Equal(4, (await store.GetEntryAsync<int>("a", cancellationToken: session.Deadline)).Value);
    }

    [SkippableFact]
    public async Task UpdateAsync_OldRevision_ThrowsWithTheServersError()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var store = await StoreAsync(session);
        var first = await store.PutAsync("a", 1, cancellationToken: session.Deadline);
        var second = await store.UpdateAsync("a", 2, first, cancellationToken: session.Deadline);

        var error = await Assert.ThrowsAsync<NatsKVWrongLastRevisionException>(() => store.UpdateAsync("a", 3, first, cancellationToken: session.Deadline).AsTask());

        Assert.Equal(10071, error.Error.ErrCode);
        Assert.Equal((2, second), (await store.GetEntryAsync<int>("a", cancellationToken: session.Deadline)) switch { var e => (e.Value, e.Revision) });
        await Assert.ThrowsAsync<NatsKVWrongLastRevisionException>(() => store.DeleteAsync("a", new NatsKVDeleteOpts { Revision = first }, session.Deadline).AsTask());
    }

    [SkippableFact]
    public async Task TryUpdateAsync_TwoWritersRace_EveryIncrementCountsOnce()
    {
        await using var one = new JetStreamSession(await fixture.ServerAsync());
        await using var two = new JetStreamSession(await fixture.ServerAsync());
        var store = await StoreAsync(one);
        var same = await new NatsKVContext(two.Context).GetStoreAsync(store.Bucket, two.Deadline);
        await store.PutAsync("counter", 0, cancellationToken: one.Deadline);
        const int Each = 100;

        var lost = await Task.WhenAll(IncrementAsync(store, Each, one.Deadline), IncrementAsync(same, Each, two.Deadline));

        Assert.Equal(2 * Each, (await store.GetEntryAsync<int>("counter", cancellationToken: one.Deadline)).Value);
        Assert.True(lost.Sum() > 0, "The writers never met: nothing was proved.");
    }

    [SkippableFact]
    public async Task PurgeAsync_KeyWithHistory_LeavesOnlyTheMark()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var store = await StoreAsync(session, history: 5);
        foreach (var value in new[] { 1, 2, 3 })
            await store.PutAsync("a", value, cancellationToken: session.Deadline);

        var before = await store.HistoryAsync<int>("a", cancellationToken: session.Deadline).TakeAsync(int.MaxValue);
        await store.PurgeAsync("a", cancellationToken: session.Deadline);
        var after = await store.HistoryAsync<int>("a", cancellationToken: session.Deadline).TakeAsync(int.MaxValue);

        Assert.Equal([1, 2, 3], before.Select(entry => entry.Value));
        Assert.Equal(NatsKVOperation.Purge, Assert.Single(after).Operation);
    }

    [SkippableFact]
    public async Task GetKeysAsync_SomeDeleted_ListsTheOthers()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var store = await StoreAsync(session, history: 3);

        Assert.Empty(await store.GetKeysAsync(cancellationToken: session.Deadline).TakeAsync(int.MaxValue));
        foreach (var key in new[] { "a", "b", "c", "a" })
            await store.PutAsync(key, 1, cancellationToken: session.Deadline);
        await store.DeleteAsync("b", cancellationToken: session.Deadline);

        Assert.Equal(["a", "c"], (await store.GetKeysAsync(cancellationToken: session.Deadline).TakeAsync(int.MaxValue)).Order());
        Assert.Equal(["c"], await store.GetKeysAsync(["c"], cancellationToken: session.Deadline).TakeAsync(int.MaxValue));
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a b")]
    [InlineData("a.*")]
    public async Task PutAsync_KeyThatIsNone_ThrowsAndNamesIt(string key)
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var store = await StoreAsync(session);

        var error = await Assert.ThrowsAsync<NatsKVException>(() => store.PutAsync(key, 1, cancellationToken: session.Deadline).AsTask());
        Assert.Contains($"'{key}'", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task CreateStoreAsync_NameOrHistoryOutOfRange_Throws()
    {
        await using var session = new JetStreamSession(await fixture.ServerAsync());
        var buckets = new NatsKVContext(session.Context);

        await Assert.ThrowsAsync<NatsKVException>(() => buckets.CreateStoreAsync("a.b", session.Deadline).AsTask());
        await Assert.ThrowsAsync<NatsKVException>(() => buckets.CreateStoreAsync(new NatsKVConfig("ok") { History = 65 }, session.Deadline).AsTask());
        Assert.Equal(10059, (await Assert.ThrowsAsync<NatsJSApiException>(() => buckets.GetStoreAsync("absent", session.Deadline).AsTask())).Error.ErrCode);
    }

    internal static async Task<INatsKVStore> StoreAsync(JetStreamSession session, int history = 1)
    {
        var (buckets, bucket) = New(session);
        return await buckets.CreateStoreAsync(new NatsKVConfig(bucket) { History = history }, session.Deadline);
    }

    private static (NatsKVContext Buckets, string Bucket) New(JetStreamSession session) =>
        (new NatsKVContext(session.Context), $"B{Guid.NewGuid():N}");

    private static async Task<int> IncrementAsync(INatsKVStore store, int times, CancellationToken cancellationToken)
    {
        var lost = 0;
        for (var done = 0; done < times;)
        {
            var entry = await store.GetEntryAsync<int>("counter", cancellationToken: cancellationToken);
            var updated = await store.TryUpdateAsync("counter", entry.Value + 1, entry.Revision, cancellationToken: cancellationToken);
            if (updated.Success)
                done++;
            else if (updated.Error is NatsKVWrongLastRevisionException)
                lost++;
            else
                throw updated.Error;
        }

        return lost;
    }
}
