using System.Globalization;
using System.Text;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.KeyValueStore;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Settings;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Probes;

/// <summary>More targets than are allowed, most of them bad, beside an ECG that must not notice.</summary>
[Collection(nameof(EndToEnd.EndToEndGroup))]
public sealed class ManyTargetsTests
{
    private const int Each = 300;
    private static readonly string[] s_absurd =
    [
        """{"probe":"tcp","address":"127.0.0.1:9","intervalMs":1}""",
        """{"probe":"tcp","address":"127.0.0.1:9","intervalMs":-500}""",
        """{"probe":"tcp","address":"127.0.0.1:9","intervalMs":1e300}""",
        """{"probe":"tcp","address":"127.0.0.1:9","intervalMs":"soon"}""",
        """{"probe":"tcp","address":"127.0.0.1:0"}""",
        "not JSON",
    ];

    [SkippableFact]
    public async Task Targets_MoreThanAllowedAndBad_AreBoundedCountedAndHarmless()
    {
        using var responders = new Responders();
        await using var system = await RunningSystem.StartAsync();
        var producer = await system.AddAsync(
            "producer", "Probes:AllowPrivate=true", string.Create(CultureInfo.InvariantCulture, $"Probes:MaxTargets={3 * Each}"), "Ecg:Beds=1");
        await using var nats = new NatsConnection(system.Nats.ClientOptions);
        var targets = await new NatsKVContext(new NatsJSContext(nats)).GetStoreAsync(LogDefinitions.TargetsBucket);
        foreach (var (absurd, i) in s_absurd.Select((text, i) => (text, i)))
            await targets.PutAsync($"absurd-{i}", Encoding.UTF8.GetBytes(absurd));
        for (var i = 0; i < Each; i++)
        {
            await targets.PutAsync($"nowhere-{i}", Target("tcp", $"host-{i}.invalid:80"));
            await targets.PutAsync($"closed-{i}", Target("tcp", Responders.Closed()));
            await targets.PutAsync($"echo-{i}", Target("udp", responders.Udp));
        }

        await targets.PutAsync("one-too-many", Target("udp", responders.Udp));

        await Eventually.TrueAsync(async () => await producer.MetricAsync("signalstream_producer_targets") == 3 * Each, TimeSpan.FromSeconds(60));
        Assert.Equal(s_absurd.Length + 1, await producer.MetricAsync("signalstream_producer_targets_refused_total"));
        foreach (var (probe, outcome) in new[] { ("udp", "answered"), ("tcp", "refused"), ("tcp", "unresolved") })
        {
            await Eventually.TrueAsync(
                async () => await producer.MetricAsync($"signalstream_producer_probes_total{{probe=\"{probe}\",outcome=\"{outcome}\"}}") >= Each,
                TimeSpan.FromSeconds(60),
                $"{outcome} probes");
        }

        Assert.True((await producer.GetAsync("/health/ready")).Ready);
        Assert.Equal(0, await producer.MetricAsync("signalstream_producer_samples_skipped_total"));
        await Eventually.TrueAsync(async () => await producer.MetricAsync("signalstream_producer_readings_total") >= 3 * Each, TimeSpan.FromSeconds(60));
    }

    private static byte[] Target(string probe, string address) =>
        new TargetDefinition { Probe = probe, Address = address, IntervalMs = 2000, TimeoutMs = 500 }.ToJson();
}
