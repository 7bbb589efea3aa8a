using System.Collections.Concurrent;
using System.Text;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.KeyValueStore;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Settings;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Probes;

/// <summary>Producers and a processor as processes of their own, targets from options and from the bucket.</summary>
[Collection(nameof(EndToEnd.EndToEndGroup))]
public sealed class ProbeSystemTests
{
    [SkippableFact]
    public async Task Targets_ProbedByTwoProducers_AreReadOnceAndJudged()
    {
        using var responders = new Responders();
        await using var system = await RunningSystem.StartAsync();
        await system.AddAsync("processor");
        await system.AddAsync("producer", "Probes:AllowPrivate=true", "Probes:Default=true", "Probes:Gateway=http://127.0.0.1:9/");
        await system.AddAsync("producer", "Probes:AllowPrivate=true", "Probes:Default=true", "Probes:Gateway=http://127.0.0.1:9/");
        await using var nats = new NatsConnection(system.Nats.ClientOptions);
        var targets = await new NatsKVContext(new NatsJSContext(nats)).GetStoreAsync(LogDefinitions.TargetsBucket);
        await targets.PutAsync("tcp", Target("tcp", responders.Tcp));
        await targets.PutAsync("udp", Target("udp", responders.Udp));
        await targets.PutAsync("web", Target("http", responders.Http));
        await targets.PutAsync("names", Target("dns", responders.Dns));
        await targets.PutAsync("closed", Target("tcp", Responders.Closed()));
        await targets.PutAsync("silent", Target("udp", responders.SilentUdp));
        await targets.PutAsync("metadata", Target("tcp", "169.254.169.254:80"));
        await targets.PutAsync("broken", Encoding.UTF8.GetBytes("{}"));
        await using var watch = await Watch.StartAsync(nats);

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
        foreach (var id in new[] { "tcp", "udp", "nats-server", "sim-us-east" })
        {
            // A target moves when the second producer joins; a reading whose acknowledgement was late passes the bus twice.
            var epochs = watch.Readings(id).GroupBy(r => r.Epoch).ToArray();
            Assert.InRange(epochs.Length, 1, 2);
            foreach (var epoch in epochs)
            {
                var places = epoch.Select(r => r.Index).Distinct().ToArray();
                Assert.Equal(Enumerable.Range(0, places.Length).Select(n => places[0] + (ulong)n), places);
            }
        }
    }

    private static byte[] Target(string probe, string address) =>
        new TargetDefinition { Probe = probe, Address = address, IntervalMs = 250, TimeoutMs = 200 }.ToJson();

    /// <summary>What passes on the bus of network targets.</summary>
    private sealed class Watch : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Id, ProbeReading Reading)> _readings = new();
        private readonly ConcurrentQueue<SignalEvent> _events = new();
        private readonly CancellationTokenSource _stop = new();
        private Task[] _parts = [];

        public static async Task<Watch> StartAsync(NatsConnection nats)
        {
            var watch = new Watch();
            watch._parts =
            [
                watch.FollowAsync(await nats.SubscribeCoreAsync<byte[]>(Subjects.OfKind(SignalType.Reading, "net")), watch.Read),
                watch.FollowAsync(await nats.SubscribeCoreAsync<byte[]>(Subjects.OfKind(SignalType.Finding, "net")), watch.Find),
                watch.FollowAsync(await nats.SubscribeCoreAsync<byte[]>(Subjects.OfKind(SignalType.Alert, "net")), watch.Find),
            ];
            return watch;
        }

        public IReadOnlyList<ProbeReading> Readings(string id) => [.. _readings.Where(r => r.Id == id).Select(r => r.Reading)];

        public IEnumerable<SignalEvent> Findings(string id) => _events.Where(e => e.Place.Stream.Id == id);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_parts.Select(p => p.ContinueWith(_ => { }, TaskScheduler.Default)));
            _stop.Dispose();
        }

        private async Task FollowAsync(INatsSub<byte[]> subscription, Action<NatsMsg<byte[]>> take)
        {
            await using (subscription)
            {
                await foreach (var message in subscription.Msgs.ReadAllAsync(_stop.Token))
                    take(message);
            }
        }

        private void Read(NatsMsg<byte[]> message)
        {
            Assert.True(ReadingCodec.TryDecode(message.Data, out var reading, out var error), error);
            _readings.Enqueue((message.Subject.Split('.')[^1], reading!));
        }

        private void Find(NatsMsg<byte[]> message)
        {
            Assert.True(EventCodec.TryDecode(message.Data, out var found, out var error), error);
            _events.Enqueue(found!);
        }
    }
}
