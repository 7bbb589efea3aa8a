using SignalStream.Contracts;
using SignalStream.Messaging.Settings;
using SignalStream.Signal.Synthesis;

namespace SignalStream.Producer.Probes;

/// <summary>What <c>make run</c> shows: this system itself, and regions that are not there and say so.</summary>
internal static class DefaultTargets
{
    private const string SimulatedLabel = "(simulated)";

    public static IEnumerable<ProbeTarget> Of(string natsUrl, string gateway)
    {
        if (Uri.TryCreate(natsUrl.Split(',')[0], UriKind.Absolute, out var nats))
            yield return Own("nats-server", "nats-server", "tcp", $"{Host(nats)}:{(nats.Port > 0 ? nats.Port : 4222)}");
        if (Uri.TryCreate(gateway, UriKind.Absolute, out _))
            yield return Own("gateway", "Gateway", "http", gateway);
        foreach (var region in s_regions)
            yield return Simulated(region);
    }

    /// <summary>All of them below the built-in rule's 200 ms but in congestion, so that an alarm tells of something.</summary>
    private static readonly (string Id, string Label, LatencySettings Line)[] s_regions =
    [
        ("eu-central", "Frankfurt", new() { BaseMs = 9, JitterMs = 0.6, DiurnalShare = 0.5, SpikesPerHour = 6, SpikeMs = 40, Seed = 101 }),
        ("us-east", "Virginia", new() { BaseMs = 86, JitterMs = 1.5, DiurnalShare = 0.8, RouteChangesPerDay = 24, RouteMs = 20, Seed = 102 }),
        ("us-west", "Oregon", new() { BaseMs = 142, JitterMs = 2, DiurnalShare = 0.8, PeakHour = 3, CongestionsPerDay = 60, CongestionMs = 60, Seed = 103 }),
        ("ap-south", "Mumbai", new() { BaseMs = 118, JitterMs = 4, DiurnalShare = 1, PeakHour = 15, SpikesPerHour = 20, SpikeMs = 120, LossShare = 0.003, Seed = 104 }),
        ("ap-southeast", "Singapore", new() { BaseMs = 152, JitterMs = 3, DiurnalShare = 0.6, PeakHour = 10, CongestionsPerDay = 40, CongestionMs = 80, LossBurstsPerDay = 80, LossBurstSeconds = 12, LossShare = 0.001, Seed = 105 }),
    ];

    private static string Host(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? $"[{url.Host.Trim('[', ']')}]" : url.Host;

    private static ProbeTarget Own(string id, string label, string probe, string address) =>
        new(new StreamId(ProbeTarget.Kind, id), new TargetDefinition { Label = label, Region = "here", Probe = probe, Address = address }, AllowPrivate: true);

    private static ProbeTarget Simulated((string Id, string Label, LatencySettings Line) region) => new(
        new StreamId(ProbeTarget.Kind, $"sim-{region.Id}"),
        new TargetDefinition { Label = $"{region.Label} {SimulatedLabel}", Region = region.Id, IntervalMs = region.Line.IntervalMs },
        AllowPrivate: false,
        region.Line);
}
