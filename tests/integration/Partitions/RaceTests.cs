using SignalStream.Contracts;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Partitions;

/// <summary>What happens in an order that is seldom: each is brought about.</summary>
public sealed class RaceTests
{
    private static readonly TimeSpan LongerThanATry = TimeSpan.FromSeconds(0.5);

    [SkippableFact]
    public async Task APartitionIsClaimedBeforeItIsKnownThatTheLogIsAnother_NothingOfTheOldOneComesIntoTheNew()
    {
        await using var system = await PartitionSystem.StartAsync();
        HeldConnection? holder = null;
        var replica = system.Add("one", over: nats =>
        {
            (nats, holder) = HeldConnection.Before(nats);
            return nats;
        });
        await replica.LiveAsync(64);
        await system.PublishAsync(streams: 20, messages: 300);
        await system.AssertExactlyOnceAsync();

        // Nobody tells it of the new connection, and its reader asks in vain: only a claim can find what has happened.
        holder!.Hold(subject => subject.Contains("CONSUMER.CREATE.WAVES", StringComparison.Ordinal));
        await system.Server.KillAsync();
        Directory.Delete(system.Server.StoreFolder, recursive: true);
        await system.Server.StartAgainAsync();
        await Eventually.TrueAsync(system.TryEnsureLogsAsync, TimeSpan.FromSeconds(20));
        system.ForgetExpected();
        await system.PublishAsync(streams: 20, messages: 1500);
        await Eventually.TrueAsync(() => replica.Engine.Counters.Claims > 64, TimeSpan.FromSeconds(30));
        holder.Release();
        await replica.LiveAsync(64);
        await system.AssertExactlyOnceAsync();
    }

    [SkippableFact]
    public async Task AReleaseWhoseFirstTryFails_IsTriedAgain_AndNothingIsWorkedOnTwice()
    {
        await using var system = await PartitionSystem.StartAsync();
        using var hang = new ManualResetEventSlim(true);
        using var hangs = new ManualResetEventSlim();
        var stream = new StreamId("test", "s-0");
        var first = system.Add("one", newWorker: s => new HangingWorker(s, hang, text =>
        {
            if (text != "7")
                return false;
            hangs.Set();
            return true;
        }));
        await first.LiveAsync(64);
        await system.PublishAsync(stream, "6");
        await system.PublishAsync(stream, "7");
        await Eventually.TrueAsync(() => hangs.IsSet);

        // The worker keeps its partition for longer than the first try waits for it; all others are released meanwhile.
        var begun = TimeProvider.System.GetTimestamp();
        var leaving = first.LeaveAsync();
        await Eventually.TrueAsync(() => first.Engine.Owned <= 1 && TimeProvider.System.GetElapsedTime(begun) > LongerThanATry);
        Assert.Equal(1, first.Engine.Owned);
        hang.Reset();
        await leaving;
        var second = system.Add("one");
        await second.LiveAsync(64);
        await system.PublishAsync(stream, "8");
        await system.AssertExactlyOnceAsync();
        Assert.Equal((0, 0), (second.Engine.Counters.Reread, second.Engine.Counters.Suppressed));
    }
}
