using System.Globalization;
using SignalStream.TestKit;
using Xunit.Abstractions;

namespace SignalStream.ChaosTests.Nats;

/// <summary>nats-server is killed again and again under 5,000 messages a second.</summary>
public sealed class ServerKillTests(ITestOutputHelper output)
{
    private const int PerSecond = 2_500;

    /// <summary>Far above what a machine under load takes to wake a publisher up.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(3);

    [SkippableFact]
    public async Task Clients_ServerKilledUnderLoad_LoseNothingOfStreamsAndNothingOutsideOfGaps()
    {
        var random = Chaos.NewRandom(output);
        await using var server = await NatsServer.StartAsync();
        var options = server.ClientOptions with { RequestTimeout = TimeSpan.FromMilliseconds(500) };
        await using var keys = await KeyTraffic.StartAsync(options, 100);
        await using var log = await LogTraffic.StartAsync(options, PerSecond);
        await using var core = await CoreTraffic.StartAsync(options, PerSecond);
        var start = TimeProvider.System.GetTimestamp();

        for (var kill = 0; kill < Chaos.Kills; kill++)
        {
            await core.FlowAsync(random.Next(100, 2_500));
            core.OpenGap();
            await server.KillAsync();
            await Chaos.PauseAsync(TimeSpan.FromMilliseconds(random.Next(300)));
            await server.StartAgainAsync();
            await core.CloseGapAsync();
        }

        await core.FlowAsync(1_000);
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        await core.StopAsync();
        await log.StopAsync();
        await keys.StopAsync();

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{core.Published + log.Published} messages in {seconds:0.0} s"));
        output.WriteLine($"outages of the publisher: {string.Join(' ', core.Outages.Select(Ms))}; its longest stall {Ms(core.LongestStall)}");
        output.WriteLine($"core: {core.LostInGaps} of {core.Published} lost, all in {Chaos.Kills} gaps");
        output.WriteLine(
            $"JetStream: {log.Published} stored once, {log.Repeated} attempts repeated, longest wait for an acknowledgement {Ms(log.LongestStall)}, "
            + $"{log.Redelivered} delivered again to the durable consumer");
        core.AssertLostOnlyInGaps();
        log.AssertEachOnceInOrder();
        Assert.Equal(Chaos.Kills, core.Outages.Count);
        Assert.True(core.LongestStall <= core.Outages.Max() + Margin, $"A publish took {core.LongestStall}, the longest outage {core.Outages.Max()}.");
    }

    private static string Ms(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms");
}
