using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Partitions;

/// <summary>Each output exactly once, on a real server.</summary>
public sealed class PartitionEngineTests
{
    [SkippableFact]
    public async Task OneReplica_WhatWasInTheLogBefore_IsWorkedOnToo()
    {
        await using var system = await PartitionSystem.StartAsync();
        await system.PublishAsync(streams: 20, messages: 300);
        var replica = system.Add("one");
        await replica.LiveAsync(64);
        await system.PublishAsync(streams: 20, messages: 300);
        await system.AssertExactlyOnceAsync();
    }

    [SkippableFact]
    public async Task TwoReplicasThatBothBelieveTheyOwnAll_EachOutputStandsOnce()
    {
        await using var system = await PartitionSystem.StartAsync();
        var (a, b) = (system.Add("a"), system.Add("b"));
        await Eventually.TrueAsync(() => a.Engine.Counters.Claims > 0 && b.Engine.Counters.Claims > 0);
        // They contend only while the log moves: it moves until both have taken partitions back from the other.
        var isContended = Eventually.TrueAsync(() => a.Engine.Counters.Claims > 70 && b.Engine.Counters.Claims > 70, TimeSpan.FromSeconds(60));
        while (!isContended.IsCompleted)
            await system.PublishAsync(streams: 10, messages: 100);
        await isContended;
        await system.AssertExactlyOnceAsync();
        Assert.Equal(0, a.Engine.Counters.Diverged + b.Engine.Counters.Diverged);
    }

    [SkippableFact]
    public async Task AReplicaDies_TheOtherGoesOnWhereItStood()
    {
        await using var system = await PartitionSystem.StartAsync();
        var (first, second) = (system.Add("one"), system.Add("one"));
        await Eventually.TrueAsync(() => first.Engine.Live + second.Engine.Live == 64 && first.Engine.Live is > 10 and < 54, TimeSpan.FromSeconds(60));
        await system.PublishAsync(streams: 30, messages: 600);
        await first.DieAsync();
        await system.PublishAsync(streams: 30, messages: 600);
        await second.LiveAsync(64);
        await system.AssertExactlyOnceAsync();
    }

    [SkippableFact]
    public async Task ATickOfTheLog_IsWorkedOnWhereItStands_WhoeverOwns()
    {
        await using var system = await PartitionSystem.StartAsync();
        var (a, b) = (system.Add("a"), system.Add("b"));
        await Eventually.TrueAsync(() => a.Engine.Counters.Claims > 0 && b.Engine.Counters.Claims > 0);
        for (var i = 0; i < 4; i++)
            await system.PublishAsync(streams: 10, messages: 1000);
        await a.DieAsync();
        await system.PublishAsync(streams: 10, messages: 1000);
        await system.AssertExactlyOnceAsync();
        await system.AssertTicksAsync();
    }

    [SkippableFact]
    public async Task AReplicaLeaves_TheOtherGoesOnWithoutReadingAgain()
    {
        await using var system = await PartitionSystem.StartAsync();
        var (first, second) = (system.Add("one"), system.Add("one"));
        await Eventually.TrueAsync(() => first.Engine.Live + second.Engine.Live == 64 && first.Engine.Live is > 10 and < 54, TimeSpan.FromSeconds(60));
        await system.PublishAsync(streams: 30, messages: 600);
        await system.AssertExactlyOnceAsync();
        await first.LeaveAsync();
        await second.LiveAsync(64);
        Assert.Equal(0, second.Engine.Counters.Suppressed);
        await system.PublishAsync(streams: 30, messages: 600);
        await system.AssertExactlyOnceAsync();
    }

    [SkippableFact]
    public async Task AReplicaJoinsUnderLoad_OnlySomePartitionsMove()
    {
        await using var system = await PartitionSystem.StartAsync();
        var first = system.Add("one");
        await first.LiveAsync(64);
        var publishing = system.PublishAsync(streams: 30, messages: 3000);
        var second = system.Add("one");
        await Eventually.TrueAsync(() => first.Engine.Live + second.Engine.Live == 64 && second.Engine.Live is > 10 and < 54, TimeSpan.FromSeconds(60));
        await publishing;
        await system.AssertExactlyOnceAsync();
        Assert.Equal(64, first.Engine.Counters.Claims);
    }

    [SkippableFact]
    public async Task AReplicaIsCutOffAndComesBack_NothingIsLostOrDoubled()
    {
        await using var system = await PartitionSystem.StartAsync();
        await using var proxy = new FaultProxy(system.Server.Port);
        var (first, second) = (system.Add("one", proxy.Url), system.Add("one"));
        await Eventually.TrueAsync(() => first.Engine.Live + second.Engine.Live == 64 && first.Engine.Live is > 10 and < 54, TimeSpan.FromSeconds(60));
        await system.PublishAsync(streams: 30, messages: 300);
        proxy.Freeze();
        await system.PublishAsync(streams: 30, messages: 300);
        await second.LiveAsync(64);
        await system.PublishAsync(streams: 30, messages: 300);
        proxy.Thaw();
        await Eventually.TrueAsync(() => first.Engine.Live + second.Engine.Live == 64 && first.Engine.Live is > 10 and < 54, TimeSpan.FromSeconds(60));
        await system.PublishAsync(streams: 30, messages: 300);
        await system.AssertExactlyOnceAsync();
    }

    [SkippableFact]
    public async Task TheServerIsKilledUnderLoad_NothingIsLostOrDoubled()
    {
        await using var system = await PartitionSystem.StartAsync();
        var replica = system.Add("one");
        await replica.LiveAsync(64);
        for (var kill = 0; kill < 3; kill++)
        {
            await system.PublishAsync(streams: 20, messages: 300);
            await system.Server.RestartAsync();
        }

        await system.PublishAsync(streams: 20, messages: 300);
        await system.AssertExactlyOnceAsync();
    }

    [SkippableFact]
    public async Task AWorkerThatRefusesOrThrows_ThePartitionGoesOn()
    {
        await using var system = await PartitionSystem.StartAsync();
        var replica = system.Add("one");
        await replica.LiveAsync(64);
        var stream = new StreamId("test", "s-0");
        await system.PublishAsync(streams: 2, messages: 20);
        await system.PublishAsync(stream, "refuse");
        await system.PublishAsync(stream, "throw");
        await system.PublishAsync(streams: 2, messages: 20);
        await system.AssertExactlyOnceAsync();
        var skipped = Assert.Single((await system.ReadAsync<SkipEvent>(SignalType.Finding, 1)).OfType<SkipEvent>());
        Assert.Equal((stream, "test.count", "WAVES", "as asked"), (skipped.Place.Stream, skipped.MadeBy, skipped.Input, skipped.Reason));
        Assert.Equal((3, 1), (replica.Engine.Counters.Failed, replica.Engine.Counters.Skipped));
        Assert.Contains(replica.Rejections, r => r.Stream == stream && r.Rejection.Word == "Refused");
    }
}
