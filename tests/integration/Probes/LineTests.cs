using System.Net;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.KeyValueStore;
using SignalStream.Messaging;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Settings;
using SignalStream.TestKit;
using SignalStream.TestKit.Lines;

namespace SignalStream.IntegrationTests.Probes;

/// <summary>A producer and a processor, and targets in another network namespace behind a line with delay, jitter and loss.</summary>
[Collection(nameof(EndToEnd.EndToEndGroup))]
public sealed class LineTests
{
    private const double DelayMs = 20;
    private const double TimeoutMs = 1000;

    /// <summary>A kernel's timer may be early by its tick, and a packet's own way through the kernel is not counted.</summary>
    private const double ToleranceMs = 0.5;

    private static readonly string[] s_echoes = ["icmp4", "icmp6", "tcp4", "tcp6", "udp4", "udp6", "dns4", "dns6"];

    [SkippableTheory]
    [InlineData("tun")]
    [InlineData("netem")]
    public async Task Targets_BehindALine_AreReadAndJudgedAsTheLineIs(string kind)
    {
        using var line = kind == "tun" ? NetworkLine.OpenTun(seed: 7) : NetworkLine.OpenNetem();
        using var v4 = line.AtFarEnd(() => new Responders(line.FarV4));
        using var v6 = line.AtFarEnd(() => new Responders(line.FarV6));
        await using var system = await RunningSystem.StartAsync();
        await system.AddAsync("processor");
        await system.AddAsync("producer", "Probes:AllowPrivate=true");
        await using var nats = new NatsConnection(system.Nats.ClientOptions);
        await using var watch = ProbeWatch.Start(nats);
        line.Set(new LineSettings(DelayMs));
        await AddAsync(nats, v4, line.FarV4, "4");
        await AddAsync(nats, v6, line.FarV6, "6");

        await TellsTheDelayAsync(watch);
        line.Set(new LineSettings(DelayMs, JitterMs: 15));
        await TellsTheJitterAsync(watch);
        line.Set(new LineSettings(DelayMs, LossShare: 0.3));
        await TellsTheLossAsync(watch);
        line.Set(new LineSettings(DelayMs, LossShare: 1));
        await TellsTheBreakAsync(watch);
        line.Set(new LineSettings(DelayMs));
        foreach (var id in s_echoes)
            await Eventually.TrueAsync(() => watch.Findings(id).OfType<TargetStateEvent>().Last().Health == TargetHealth.Up, what: $"{id} is up again");
        foreach (var id in s_echoes)
            Assert.Equal(Enumerable.Range(0, watch.Readings(id).Count).Select(n => (ulong)n), watch.Readings(id).Select(r => r.Index));
    }

    private static async Task TellsTheDelayAsync(ProbeWatch watch)
    {
        foreach (var id in s_echoes)
        {
            await Eventually.TrueAsync(() => watch.Readings(id).Count >= 8, what: $"8 readings of {id}");
            var readings = watch.Readings(id);
            Assert.All(readings, r => Assert.Equal((ProbeOutcome.Answered, null), (r.Outcome, r.Error)));
            Assert.All(readings, r => Assert.InRange(r.RttMs, (2 * DelayMs) - ToleranceMs, TimeoutMs));
            // The least that a busy machine can make of it.
            Assert.InRange(readings.Min(r => r.RttMs), (2 * DelayMs) - ToleranceMs, 3 * DelayMs);
        }

        foreach (var id in new[] { "http4", "http6" })
        {
            await Eventually.TrueAsync(() => watch.Readings(id).Any(r => r.Phases is { Status: 200 }), what: $"a page of {id}");
            var phases = watch.Readings(id).First(r => r.Phases is { Status: 200 }).Phases!;
            Assert.InRange(phases.ConnectMs, (2 * DelayMs) - ToleranceMs, TimeoutMs);
            Assert.InRange(phases.FirstByteMs, (2 * DelayMs) - ToleranceMs, TimeoutMs);
            Assert.InRange(phases.TotalMs, phases.ConnectMs + phases.FirstByteMs - ToleranceMs, TimeoutMs);
        }
    }

    private static async Task TellsTheJitterAsync(ProbeWatch watch)
    {
        await Eventually.TrueAsync(
            () => s_echoes.All(id => Latest(watch, id) is { MeanDifferenceMs: > 2, JitterMs: > 1, MinMs: < (2 * DelayMs) - 2 }),
            what: "jitter in the statistics of all");
        Assert.All(s_echoes, id => Assert.True(Latest(watch, id)!.Value.MinMs >= 10 - ToleranceMs, id));
    }

    private static async Task TellsTheLossAsync(ProbeWatch watch)
    {
        var before = s_echoes.ToDictionary(id => id, id => watch.Readings(id).Count);
        await Eventually.TrueAsync(() => s_echoes.Sum(id => watch.Readings(id).Count - before[id]) >= 96, what: "96 readings over a line that loses");
        // TCP sends its SYN again after a second: both outlast the time-out.
        var outcomes = s_echoes.SelectMany(id => watch.Readings(id).Skip(before[id])).GroupBy(r => r.Outcome).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal([ProbeOutcome.Answered, ProbeOutcome.TimedOut], outcomes.Keys.Order());
        // 1 - 0.7², that is 51 % there and back; 96 readings lie within 6 deviations.
        Assert.InRange(outcomes[ProbeOutcome.TimedOut] / (double)outcomes.Values.Sum(), 0.2, 0.82);
    }

    private static async Task TellsTheBreakAsync(ProbeWatch watch)
    {
        foreach (var id in s_echoes)
        {
            await Eventually.TrueAsync(
                () => watch.Findings(id).OfType<TargetStateEvent>().LastOrDefault()?.Health == TargetHealth.Down
                    && watch.Findings(id).OfType<AlertEvent>().Any(a => a is { Name: "connection_lost", State: AlertState.Raised }),
                what: $"{id} is down");
            // Within three probes: the two before the one that decided were not answered either, the one before them was, or the line was down already.
            var down = watch.Findings(id).OfType<TargetStateEvent>().Last(s => s.Health == TargetHealth.Down);
            var readings = watch.Readings(id);
            var last = readings.Index().First(r => r.Item.Index == down.Place.Index).Index;
            Assert.All(readings.Skip(last - 2).Take(3), r => Assert.Equal(ProbeOutcome.TimedOut, r.Outcome));
            Assert.Equal(ProbeOutcome.Answered, readings[last - 3].Outcome);
        }
    }

    private static LatencyWindow? Latest(ProbeWatch watch, string id) =>
        watch.Findings(id).OfType<LatencyStatisticsEvent>().LastOrDefault()?.Windows[0];

    private static async Task AddAsync(NatsConnection nats, Responders at, IPAddress address, string version)
    {
        var targets = await new NatsKVContext(new NatsJSContext(nats)).GetStoreAsync(LogDefinitions.TargetsBucket);
        foreach (var (probe, where) in new[] { ("icmp", address.ToString()), ("tcp", at.Tcp), ("udp", at.Udp), ("dns", at.Dns), ("http", at.Http) })
        {
            var target = new TargetDefinition { Probe = probe, Address = where, IntervalMs = 250, TimeoutMs = TimeoutMs };
            await targets.PutAsync($"{probe}{version}", target.ToJson());
        }
    }
}
