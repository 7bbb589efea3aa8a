using SignalStream.TestKit;
using Xunit.Abstractions;

namespace SignalStream.ChaosTests.Nats;

/// <summary>The server is well, the line to it is not: it cuts, also in the middle of a message, delays, splits and freezes.</summary>
public sealed class LineFaultTests(ITestOutputHelper output)
{
    /// <summary>So few that the line keeps up where each byte is sent by itself.</summary>
    private const int PerSecond = 200;

    private static readonly TimeSpan LongestFreeze = TimeSpan.FromMilliseconds(300);

    [SkippableFact]
    public async Task Clients_LineFaultAfterFault_LoseNothingOfStreamsAndNothingOutsideOfGaps()
    {
        var random = Chaos.NewRandom(output);
        await using var server = await NatsServer.StartAsync();
        await using var proxy = new FaultProxy(server.Port);
        var options = server.ClientOptions with { Url = proxy.Url, RequestTimeout = TimeSpan.FromMilliseconds(500) };
        await using var keys = await KeyTraffic.StartAsync(options, 20);
        await using var log = await LogTraffic.StartAsync(options, PerSecond);
        await using var core = await CoreTraffic.StartAsync(options, PerSecond);

        for (var round = 0; round < Chaos.Kills; round++)
        {
            // Each fault once a round, in another order each time.
            Func<Task>[] faults =
            [
                () => CutAsync(proxy, core),
                () => CutWithinAsync(proxy, core, random),
                () => FreezeAsync(proxy, random),
                () => DelayAsync(proxy, core, random),
                () => SplitAsync(proxy, core, random),
            ];
            random.Shuffle(faults);
            foreach (var fault in faults)
            {
                await fault();
                await core.FlowAsync(random.Next(10, 60));
            }
        }

        await core.StopAsync();
        await log.StopAsync();
        await keys.StopAsync();
        output.WriteLine($"core: {core.LostInGaps} of {core.Published} lost, all in gaps; JetStream: {log.Published} stored once, {log.Repeated} attempts repeated");
        core.AssertLostOnlyInGaps();
        log.AssertEachOnceInOrder();
    }

    private static async Task CutAsync(FaultProxy proxy, CoreTraffic core)
    {
        core.OpenGap();
        proxy.Cut();
        await core.CloseGapAsync();
    }

    /// <summary>Every connection on which much is delivered breaks off, in the middle of a message most likely.</summary>
    private static async Task CutWithinAsync(FaultProxy proxy, CoreTraffic core, Random random)
    {
        core.OpenGap();
        proxy.PieceBytes = 7;
        proxy.CutAfterBytesToClient = 2_000 + random.Next(3_000);
        await core.SubscriberLostAsync();
        proxy.CutAfterBytesToClient = null;
        proxy.PieceBytes = 0;
        await core.CloseGapAsync(publisherToo: false);
    }

    private static async Task FreezeAsync(FaultProxy proxy, Random random)
    {
        proxy.Freeze();
        await Chaos.PauseAsync(LongestFreeze * random.NextDouble());
        proxy.Thaw();
    }

    private static async Task DelayAsync(FaultProxy proxy, CoreTraffic core, Random random)
    {
        proxy.Delay = TimeSpan.FromMilliseconds(random.Next(1, 20));
        await core.FlowAsync(40);
        proxy.Delay = TimeSpan.Zero;
    }

    private static async Task SplitAsync(FaultProxy proxy, CoreTraffic core, Random random)
    {
        proxy.PieceBytes = random.Next(1, 4);
        await core.FlowAsync(40);
        proxy.PieceBytes = 0;
    }
}
