using System.Globalization;
using SignalStream.TestKit;
using Xunit.Abstractions;

namespace SignalStream.ChaosTests.Relay;

/// <summary>
/// Viewers whose links are cut, gateways that are killed with another one behind them, a nats-server that is killed and comes
/// back: what each viewer received is held against what was made. <c>make chaos-resume</c> runs more of it.
/// </summary>
public sealed class ResumeTests(ITestOutputHelper output)
{
    private static readonly TimeSpan LiveWithin = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly List<Interruption> _done = [];

    /// <summary>Odd while nats-server is away, or has just come back.</summary>
    private volatile int _serverFaults;

    /// <summary>When nats-server last came back.</summary>
    private long _serverBack = TimeProvider.System.GetTimestamp();

    /// <summary>What was away, for how long, and how long after its return, and after nats-server's if that was later, all was live again, s.</summary>
    private sealed record Interruption(string What, double Seconds, double LiveAfter, double LiveAfterBoth);

    [SkippableFact]
    public async Task Viewers_InterruptedAnywhere_HaveEverySampleOnceInOrder()
    {
        var settings = ResumeSettings.FromEnvironment();
        output.WriteLine(settings.ToString());
        await using var nats = await NatsServer.StartAsync(new NatsServerOptions
        {
            ConfigFile = Repository.Path("deploy/nats/nats-server.conf"),
            Arguments = ["-m=-1"],
        });
        await using var gateways = new Gateways(nats);
        await gateways.StartAsync();
        await using var source = await WaveSource.StartAsync(nats, settings.Streams);
        var viewers = Enumerable.Range(0, settings.Viewers)
            .Select(_ => new ReturningViewer([.. source.Streams.Select(s => s.ToString())], gateways.Ports)).ToList();
        try
        {
            await Eventually.TrueAsync(() => viewers.All(v => v.Behind < LiveWithin));
            await InterruptAsync(settings, nats, gateways, viewers);
            await source.StopAsync();
            await Eventually.TrueAsync(() => viewers.All(v => v.Tracks.Values.All(t => t.Next >= source.Produced)), TimeSpan.FromSeconds(60));
        }
        finally
        {
            Report(viewers, source);
            foreach (var viewer in viewers)
                await viewer.DisposeAsync();
        }

        Assert.Equal(0, source.Dropped);
        Assert.All(viewers.SelectMany(v => v.Tracks.Values), track =>
        {
            Assert.Equal((0UL, 0UL, 0UL, 0UL), (track.Lost, track.Doubled, track.OutOfOrder, track.Wrong));
            Assert.Equal(0, track.Thinned);
            Assert.Equal(source.Produced, track.Next);
        });
    }

    /// <summary>Each link by itself, one after the other; beside them, one at a time, a gateway or the server.</summary>
    private async Task InterruptAsync(ResumeSettings settings, NatsServer nats, Gateways gateways, List<ReturningViewer> viewers)
    {
        var servers = Math.Max(2, settings.Interruptions / 10);
        var links = settings.Interruptions - servers;
        var tasks = viewers.Select((viewer, i) => CutLinksAsync(
            viewer, new Random(settings.Seed + i + 1), (links / viewers.Count) + (i < links % viewers.Count ? 1 : 0), settings.Longest)).ToList();
        var random = new Random(settings.Seed);
        for (var i = 0; i < servers; i++)
        {
            await PauseAsync(random.NextDouble() * 2);
            if (i % 2 == 0)
                await KillGatewayAsync(gateways, random, viewers, settings.Longest);
            else
                await KillServerAsync(nats, random, viewers, settings.Longest);
        }

        await Task.WhenAll(tasks);
    }

    private async Task CutLinksAsync(ReturningViewer viewer, Random random, int count, double longest)
    {
        for (var i = 0; i < count; i++)
        {
            await PauseAsync(random.NextDouble() * 1.5);
            var seconds = Lasts(random, longest);
            viewer.CutLink();
            await PauseAsync(seconds);
            viewer.RestoreLink();
            await NoteAsync("link", seconds, [viewer]);
        }
    }

    private async Task KillGatewayAsync(Gateways gateways, Random random, List<ReturningViewer> viewers, double longest)
    {
        var number = random.Next(2);
        var seconds = Lasts(random, longest);
        var before = viewers.Where(v => v.HasLink && v.Gateway == number).Select(v => (Viewer: v, v.Connections)).ToList();
        await gateways.KillAsync(number);
        // The other one is there all the while.
        await NoteAsync("gateway", seconds, viewers, () => before.All(b => b.Viewer.Connections > b.Connections || !b.Viewer.HasLink));
        await PauseAsync(seconds);
        await gateways.StartAsync(number);
    }

    private async Task KillServerAsync(NatsServer nats, Random random, List<ReturningViewer> viewers, double longest)
    {
        var seconds = Lasts(random, longest);
        _serverFaults++;
        await nats.KillAsync();
        await PauseAsync(seconds);
        await nats.StartAgainAsync();
        Volatile.Write(ref _serverBack, _time.GetTimestamp());
        await NoteAsync("nats-server", seconds, viewers);
        _serverFaults++;
    }

    /// <summary>Most are short; one in eight may last as long as is allowed.</summary>
    private static double Lasts(Random random, double longest) =>
        random.Next(8) == 0 ? longest * random.NextDouble() : Math.Min(longest, 0.05 + (1.5 * random.NextDouble()));

    /// <summary>Until each has been live again, but for those whose own link is away as well.</summary>
    private async Task NoteAsync(string what, double seconds, List<ReturningViewer> viewers, Func<bool>? hasBegun = null)
    {
        var (returned, faults) = (_time.GetTimestamp(), _serverFaults);
        var waiting = viewers.ToList();
        bool AreLive() => waiting.RemoveAll(v => !v.HasLink || v.Behind < LiveWithin) >= 0 && waiting.Count == 0;
        await Eventually.TrueAsync(() => hasBegun?.Invoke() is not false && AreLive(), TimeSpan.FromSeconds(60), $"live again after {what}");
        var live = _time.GetTimestamp();
        var both = Math.Max(returned, Volatile.Read(ref _serverBack));
        var isBoth = what != "nats-server" && (faults % 2 == 1 || faults != _serverFaults);
        lock (_done)
        {
            _done.Add(new Interruption(
                isBoth ? $"{what}, nats-server away as well" : what, seconds,
                _time.GetElapsedTime(returned, live).TotalSeconds, _time.GetElapsedTime(both, live).TotalSeconds));
        }
    }

    /// <summary>Between faults, and while something is away: it paces what happens, and nothing is waited for with it.</summary>
    private Task PauseAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), _time);

    private static string Spread(IEnumerable<double> seconds)
    {
        var all = seconds.Order().ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{all[all.Count / 2]:F2} s (median), {all[(int)(0.99 * (all.Count - 1))]:F2} s (99 %), {all[^1]:F2} s (longest); above 2 s: {all.Count(s => s > 2)}");
    }

    private void Report(List<ReturningViewer> viewers, WaveSource source)
    {
        foreach (var group in _done.GroupBy(d => d.What))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{group.Key}: {group.Count()} interruptions of up to {group.Max(d => d.Seconds):F1} s; live again after {Spread(group.Select(d => d.LiveAfter))}"));
            if (group.Any(d => d.LiveAfterBoth < d.LiveAfter))
                output.WriteLine($"{group.Key}: from when both were back, live again after {Spread(group.Select(d => d.LiveAfterBoth))}");
        }

        var tracks = viewers.SelectMany(v => v.Tracks.Values).ToList();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{viewers.Count} viewers, {viewers.Sum(v => v.Connections)} connections, {tracks.Sum(t => (long)((t.Next ?? 0) - t.Begin))} samples; lost {tracks.Sum(t => (long)t.Lost)}, doubled {tracks.Sum(t => (long)t.Doubled)}, out of order {tracks.Sum(t => (long)t.OutOfOrder)}, wrong {tracks.Sum(t => (long)t.Wrong)}; {source.Dropped} dropped by the producer"));
    }
}
