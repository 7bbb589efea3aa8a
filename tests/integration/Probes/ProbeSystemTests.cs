using System.Text;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.KeyValueStore;
using SignalStream.Messaging;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Settings;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Probes;

/// <summary>Producers and a processor as processes of their own, targets from options and from the bucket.</summary>
[Collection(nameof(EndToEnd.EndToEndGroup))]
public sealed class ProbeSystemTests
{
    /// <summary>nats-server, gateway and five simulated regions.</summary>
    private const int DefaultTargets = 7;

    private static readonly string[] s_read = ["tcp", "udp", "nats-server", "sim-us-east"];

    [SkippableFact]
    public async Task Targets_ProbedByTwoProducers_AreReadOnceAndJudged()
    {
        using var responders = new Responders();
        await using var system = await RunningSystem.StartAsync();
        await system.AddAsync("processor");
        var first = await system.AddAsync("producer", "Probes:AllowPrivate=true", "Probes:Default=true", "Probes:Gateway=http://127.0.0.1:9/");
        var second = await system.AddAsync("producer", "Probes:AllowPrivate=true", "Probes:Default=true", "Probes:Gateway=http://127.0.0.1:9/");
        await using var nats = new NatsConnection(system.Nats.ClientOptions);
        var targets = await new NatsKVContext(new NatsJSContext(nats)).GetStoreAsync(LogDefinitions.TargetsBucket);
        await Eventually.TrueAsync(async () => await TargetsOfAsync(first) + await TargetsOfAsync(second) == DefaultTargets, what: "the targets are shared out");
        await targets.PutAsync("tcp", Target("tcp", responders.Tcp));
        await targets.PutAsync("udp", Target("udp", responders.Udp));
        await targets.PutAsync("web", Target("http", responders.Http));
        await targets.PutAsync("names", Target("dns", responders.Dns));
        await targets.PutAsync("closed", Target("tcp", Responders.Closed()));
        await targets.PutAsync("silent", Target("udp", responders.SilentUdp));
        await targets.PutAsync("metadata", Target("tcp", "169.254.169.254:80"));
        await targets.PutAsync("broken", Encoding.UTF8.GetBytes("{}"));
        await using var watch = ProbeWatch.Start(nats);

        foreach (var (id, outcome) in new[]
        {
            ("tcp", ProbeOutcome.Answered), ("udp", ProbeOutcome.Answered), ("web", ProbeOutcome.Answered), ("names", ProbeOutcome.Answered),
            ("nats-server", ProbeOutcome.Answered), ("sim-eu-central", ProbeOutcome.Answered), ("closed", ProbeOutcome.Refused),
            ("gateway", ProbeOutcome.Refused), ("silent", ProbeOutcome.TimedOut), ("metadata", ProbeOutcome.Failed),
        })
        {
            await Eventually.TrueAsync(() => watch.Readings(id).Any(r => r.Outcome == outcome), what: $"{id} {outcome}");
        }

        Assert.True(watch.Readings("sim-eu-central")[0].IsSimulated);
        Assert.False(watch.Readings("nats-server")[0].IsSimulated);
        await Eventually.TrueAsync(() => watch.Findings("tcp").OfType<LatencyStatisticsEvent>().Any(s => s.Windows[0].P50Ms > 0));
        await Eventually.TrueAsync(() => watch.Findings("closed").OfType<TargetStateEvent>().Any(s => s.Health == TargetHealth.Down));
        await Eventually.TrueAsync(() => watch.Findings("closed").OfType<AlertEvent>().Any(a => a is { Name: "connection_lost", State: AlertState.Raised }));
        Assert.Empty(watch.Readings("broken"));

        await targets.DeleteAsync("tcp");
        Assert.All(s_read, id => AssertWhole(watch.Readings(id)));
    }

    [SkippableFact]
    public async Task Producer_FrozenAndBack_AddsNothingBehindTheOnesReadings()
    {
        const int Targets = 16;
        using var responders = new Responders();
        await using var system = await RunningSystem.StartAsync();
        var first = await system.AddAsync("producer", "Probes:AllowPrivate=true");
        var second = await system.AddAsync("producer", "Probes:AllowPrivate=true");
        await using var nats = new NatsConnection(system.Nats.ClientOptions);
        var targets = await new NatsKVContext(new NatsJSContext(nats)).GetStoreAsync(LogDefinitions.TargetsBucket);
        string[] ids = [.. Enumerable.Range(0, Targets).Select(i => $"t-{i}")];
        foreach (var id in ids)
            await targets.PutAsync(id, Target("udp", responders.Udp));
        await Eventually.TrueAsync(async () => await TargetsOfAsync(first) > 0 && await TargetsOfAsync(second) > 0, what: "both have targets");
        await using var watch = ProbeWatch.Start(nats);
        await Eventually.TrueAsync(() => ids.All(id => watch.Readings(id).Count >= 4), what: "readings of all");

        first.Suspend();
        await Eventually.TrueAsync(async () => await TargetsOfAsync(second) == Targets, what: "all are the second's");
        var before = ids.ToDictionary(id => id, id => watch.Readings(id).Count);
        await Eventually.TrueAsync(() => ids.All(id => watch.Readings(id).Count > before[id]), what: "it reads them");
        first.Resume();
        await Eventually.TrueAsync(async () => await TargetsOfAsync(first) > 0 && await TargetsOfAsync(second) < Targets, what: "they are shared out again");
        before = ids.ToDictionary(id => id, id => watch.Readings(id).Count);
        await Eventually.TrueAsync(() => ids.All(id => watch.Readings(id).Count > before[id] + 4), what: "and read on");

        Assert.All(ids, id => AssertWhole(watch.Readings(id)));
        Assert.Contains(ids, id => watch.Readings(id).Select(r => r.Epoch).Distinct().Count() > 1);
    }

    /// <summary>A producer that is missed for two seconds loses its targets, for a moment: each epoch is whole, and they follow one another.</summary>
    private static void AssertWhole(IReadOnlyList<ProbeReading> readings)
    {
        var places = readings.Select(r => (r.Epoch, r.Index)).ToArray();
        Assert.Equal(places.Order(), places);
        foreach (var epoch in places.GroupBy(p => p.Epoch))
            Assert.Equal(Enumerable.Range(0, epoch.Count()).Select(n => (ulong)n), epoch.Select(p => p.Index));
    }

    private static Task<double> TargetsOfAsync(ServiceProcess producer) => producer.MetricAsync("signalstream_producer_targets");

    private static byte[] Target(string probe, string address) =>
        new TargetDefinition { Probe = probe, Address = address, IntervalMs = 250, TimeoutMs = 200 }.ToJson();
}
