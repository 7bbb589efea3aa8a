using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.Messaging;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Messaging;

/// <summary>What is published is in the log, whatever happens between: on a real server.</summary>
public sealed class WaveOutboxTests
{
    private const int FramesPerSecond = 2000;

    [SkippableFact]
    public async Task RunAsync_ServerKilledThreeTimesUnderLoad_LogHoldsEverySampleInOrder()
    {
        await using var server = await NatsServer.StartAsync();
        await using var traffic = await WaveTraffic.StartAsync(server);
        await UnderLoadAsync(traffic, async () =>
        {
            for (var kill = 0; kill < 3; kill++)
            {
                await MoreAsync(traffic, FramesPerSecond / 2);
                await server.KillAsync();
                await MoreAsync(traffic, FramesPerSecond / 4);
                await server.StartAgainAsync();
            }
        });
        Assert.Equal(0, traffic.DroppedSamples);
        Assert.True(traffic.Resent > 0, "The kills came when nothing was under way.");
        Assert.Equal(0, await traffic.MissingSamplesAsync());
    }

    [SkippableFact]
    public async Task RunAsync_LineCutTenTimesUnderLoad_LogHoldsEverySampleInOrder()
    {
        await using var server = await NatsServer.StartAsync();
        await using var proxy = new FaultProxy(server.Port) { PieceBytes = 1000, CutAfterBytesToClient = 40_000 };
        await using var traffic = await WaveTraffic.StartAsync(server, server.ClientOptions with { Url = proxy.Url });
        await UnderLoadAsync(traffic, async () =>
        {
            for (var cut = 0; cut < 10; cut++)
            {
                await MoreAsync(traffic, FramesPerSecond / 5);
                proxy.Cut();
            }

            proxy.CutAfterBytesToClient = null;
        });
        Assert.Equal(0, traffic.DroppedSamples);
        Assert.True(traffic.Resent > 0, "The cuts came when nothing was under way.");
        Assert.Equal(0, await traffic.MissingSamplesAsync());
    }

    [SkippableFact]
    public async Task RunAsync_AwayForLongerThanTheBoundHolds_ExactlyTheDroppedSamplesAreMissing()
    {
        await using var server = await NatsServer.StartAsync();
        await using var traffic = await WaveTraffic.StartAsync(server, settings: WaveTraffic.Settings with { MaxBytes = 1 << 20 });
        await traffic.PublishAsync(1000);
        await traffic.FlushAsync();
        await server.KillAsync();
        await Eventually.TrueAsync(() => traffic.Connection.ConnectionState != NatsConnectionState.Open);
        await traffic.PublishAsync(10_000);
        await server.StartAgainAsync();
        await traffic.FlushAsync();
        await traffic.PublishAsync(1000);
        await traffic.FlushAsync();
        Assert.True(traffic.DroppedSamples > 0);
        Assert.Equal(traffic.DroppedSamples, await traffic.MissingSamplesAsync());
    }

    [SkippableFact]
    public async Task RunAsync_LogIsMissingWhileTheServerLives_WhoWatchesSeesTheFramesAndTheLogGetsThemLater()
    {
        await using var server = await NatsServer.StartAsync();
        await using var traffic = await WaveTraffic.StartAsync(server);
        await using var watcher = new NatsConnection(server.ClientOptions);
        await new NatsJSContext(watcher).DeleteStreamAsync("WAVES");
        // Somebody listens, so that no answer says that the log is missing.
        await using var watched = await watcher.SubscribeCoreAsync<byte[]>(Subjects.All(SignalType.Wave));
        await watcher.PingAsync();
        for (var i = 0; i < 300; i++)
        {
            await traffic.PublishAsync(1);
            await watched.Msgs.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(300, traffic.Unacknowledged);
        await WaveTraffic.MakeLogAsync(server);
        await traffic.FlushAsync();
        Assert.Equal(0, await traffic.MissingSamplesAsync());
    }

    [SkippableFact]
    public async Task Producer_StoppedWhileTheServerIsAway_LeavesAndSaysWhatItLeavesBehind()
    {
        await using var system = await RunningSystem.StartAsync();
        var producer = await system.AddAsync("producer", "Ecg:Beds=4");
        await Eventually.TrueAsync(async () => await producer.MetricAsync("signalstream_producer_ack_seconds_count") > 0);
        await system.Nats.KillAsync();
        await Eventually.TrueAsync(async () => await producer.MetricAsync("signalstream_producer_frames_unacknowledged") > 0);
        Assert.Equal(0, await producer.StopAsync());
        Assert.Contains(producer.Output, line => line.Contains("frames are left behind", StringComparison.Ordinal));
    }

    private static async Task UnderLoadAsync(WaveTraffic traffic, Func<Task> faults)
    {
        using var stop = new CancellationTokenSource();
        var publishing = traffic.PublishAsync(FramesPerSecond, stop.Token);
        await faults();
        await MoreAsync(traffic, FramesPerSecond / 2);
        await stop.CancelAsync();
        await publishing;
        await traffic.FlushAsync();
    }

    private static Task MoreAsync(WaveTraffic traffic, int frames)
    {
        var before = traffic.Published;
        return Eventually.TrueAsync(() => traffic.Published >= before + frames);
    }
}
