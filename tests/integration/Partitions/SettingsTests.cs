using SignalStream.Messaging;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Partitions;

/// <summary>Settings act from their place in the log on, whoever owns the partition.</summary>
public sealed class SettingsTests
{
    [SkippableFact]
    public async Task Settings_ChangedUnderLoadWithTwoOwners_ActWhereTheyStandInTheLog()
    {
        await using var system = await PartitionSystem.StartAsync();
        await system.SetAsync("count.default", "10");
        var (a, b) = (system.Add("a"), system.Add("b"));
        await Eventually.TrueAsync(() => a.Engine.Counters.Claims > 0 && b.Engine.Counters.Claims > 0);
        await system.PublishAsync(streams: 10, messages: 1000);
        await ToldAsync(system, "s-3", 10);
        await system.SetAsync("count.test.s-3", "30");
        await system.SetAsync("other.default", "99");
        await ToldAsync(system, "s-3", 30);
        await system.PublishAsync(streams: 10, messages: 1000);
        await system.SetAsync("count.default", "20");
        await ToldAsync(system, "s-4", 20);
        await system.PublishAsync(streams: 10, messages: 1000);
        await system.SetAsync("count.test.s-3", null);
        await a.DieAsync();
        await system.PublishAsync(streams: 10, messages: 1000);
        await Eventually.TrueAsync(() => b.Engine.Live == 64, TimeSpan.FromSeconds(60));
        await ToldAsync(system, "s-3", 20);
        await system.AssertExactlyOnceAsync();
        var told = await system.AssertTicksAsync();
        var third = told.Where(t => t.Target == "set" && t.Place.Stream.Id == "s-3").Select(t => t.Point);
        Assert.Equal([10, 30, 20], third);
        Assert.All(told.Where(t => t.Target == "set" && t.Place.Stream.Id == "s-4"), t => Assert.True(t.Point is 10 or 20));
    }

    /// <summary>Waits until a value stands in the log, in force for a stream: what changes faster is not told each time.</summary>
    private static Task ToldAsync(PartitionSystem system, string id, double value) => Eventually.TrueAsync(
        async () => (await InputLog.ReplayAsync(system.Nats, stream => new CountingWorker(stream)))
            .OfType<ForecastEvent>().LastOrDefault(f => f.Target == "set" && f.Place.Stream.Id == id)?.Point == value,
        TimeSpan.FromSeconds(30));

    [SkippableFact]
    public async Task Settings_ChangedWhileNobodyWasThere_AreCopiedByTheNextOwner()
    {
        await using var system = await PartitionSystem.StartAsync();
        var first = system.Add("one");
        await first.LiveAsync(64);
        await system.PublishAsync(streams: 5, messages: 50);
        await first.LeaveAsync();
        await system.SetAsync("count.default", "7");
        var second = system.Add("one");
        await second.LiveAsync(64);
        await Eventually.TrueAsync(() => second.Engine.Counters.Settings >= 64);
        await system.PublishAsync(streams: 5, messages: 50);
        await system.AssertExactlyOnceAsync();
        var told = await system.AssertTicksAsync();
        Assert.Equal(5, told.Count(t => t is { Target: "set", Point: 7 }));
    }
}
