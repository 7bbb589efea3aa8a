using System.Globalization;
using SignalStream.TestKit;
using Xunit.Abstractions;

namespace SignalStream.ChaosTests.Relay;

/// <summary>Real sockets, some of which are read slowly, some by fits and starts, some never: nobody else notices, and every account holds.</summary>
public sealed class SlowViewersTests(ITestOutputHelper output)
{
    private const int Streams = 16;
    private const ulong Block = 64;

    [SkippableFact]
    public async Task Viewers_SomeSlowSomeFrozen_EveryAccountAddsUpAndTheOthersMissNothing()
    {
        var random = new Random(Environment.GetEnvironmentVariable("CHAOS_SEED") is { Length: > 0 } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : 20_261_120);
        await using var nats = await NatsServer.StartAsync(new NatsServerOptions { ConfigFile = Repository.Path("deploy/nats/nats-server.conf"), Arguments = ["-m=-1"] });
        await using var gateways = new Gateways(nats, "Relay:StallSeconds=4", "Relay:QueueKilobytes=128");
        await gateways.StartAsync(0);
        await using var source = await WaveSource.StartAsync(nats, Streams);
        string[] streams = [.. source.Streams.Select(s => s.ToString())];
        await Eventually.TrueAsync(async () => (await gateways.Running.First().GetAsync($"/api/v1/streams/{streams[^1]}")).Ready);

        await using var fast = new ReturningViewer(streams, [gateways.Ports[0]]);
        var slow = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SlowViewer.ConnectAsync(gateways.Ports[0], streams, pace: random.Next(2_000, 9_000))));
        var frozen = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => SlowViewer.ConnectAsync(gateways.Ports[0], streams, pace: 0)));
        for (var turn = 0; turn < 20; turn++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            slow[random.Next(slow.Length)].Pace = random.Next(3) == 0 ? 100_000 : random.Next(2_000, 9_000);
            await slow[random.Next(slow.Length)].AskAsync();
        }

        await Eventually.TrueAsync(async () =>
            await gateways.Running.First().MetricAsync("signalstream_gateway_viewers_closed_total{reason=\"too_slow\"}") == frozen.Length, TimeSpan.FromSeconds(60));
        foreach (var viewer in slow)
            viewer.Pace = 1 << 20;
        await source.StopAsync();
        await Eventually.TrueAsync(() => fast.Tracks.Values.All(t => t.Next >= source.Produced));
        await Eventually.TrueAsync(() => slow.All(v => v.Tracks.Values.All(t => t.Next + Block > source.Produced)), TimeSpan.FromSeconds(60));
        foreach (var viewer in slow)
            await viewer.AskAsync();
        await Eventually.TrueAsync(() => slow.All(v => v.Tracks.All(t => v.Produced.GetValueOrDefault(t.Key) == (long)(t.Value.Next!.Value - t.Value.Begin))));

        foreach (var viewer in slow)
        {
            var tracks = viewer.Tracks.Values;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"in full {tracks.Sum(t => t.Delivered)}, thinned {tracks.Sum(t => t.Thinned)}, dropped {tracks.Sum(t => (long)t.Lost)}; steps {string.Join(' ', viewer.Steps)}"));
            Assert.Empty(viewer.WrongAccounts);
            Assert.All(tracks, t => Assert.Equal((0UL, 0UL, 0UL, 0), (t.Doubled, t.OutOfOrder, t.Wrong, t.SilentHoles)));
            await viewer.DisposeAsync();
        }

        Assert.Contains(slow, v => v.Steps.Any(s => s > 0));
        Assert.All(fast.Tracks.Values, t => Assert.Equal((0UL, 0UL, 0UL, 0UL, 0L), (t.Lost, t.Doubled, t.OutOfOrder, t.Wrong, t.Thinned)));
        foreach (var viewer in frozen)
            await viewer.DisposeAsync();
    }
}
