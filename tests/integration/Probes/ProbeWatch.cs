using System.Collections.Concurrent;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.IntegrationTests.Probes;

/// <summary>What the logs have of network targets: there each is once, while on the bus one passes again whose acknowledgement was late.</summary>
internal sealed class ProbeWatch : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Id, ProbeReading Reading)> _readings = new();
    private readonly ConcurrentQueue<SignalEvent> _events = new();
    private readonly CancellationTokenSource _stop = new();
    private Task[] _parts = [];

    public static ProbeWatch Start(INatsConnection nats)
    {
        var watch = new ProbeWatch();
        watch._parts =
        [
            watch.FollowAsync(nats, SignalType.Reading, watch.Read),
            watch.FollowAsync(nats, SignalType.Finding, watch.Find),
            watch.FollowAsync(nats, SignalType.Alert, watch.Find),
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

    private async Task FollowAsync(INatsConnection nats, SignalType type, Action<string, byte[]> take)
    {
        var options = new NatsJSOrderedConsumerOpts { FilterSubjects = [Subjects.OfKind(type, "net")], DeliverPolicy = ConsumerConfigDeliverPolicy.All };
        var consumer = await new NatsJSContext(nats).CreateOrderedConsumerAsync(LogDefinitions.NameOf(type), options, _stop.Token);
        await foreach (var message in consumer.ConsumeAsync<byte[]>(cancellationToken: _stop.Token))
            take(message.Subject, message.Data!);
    }

    private void Read(string subject, byte[] message)
    {
        Assert.True(ReadingCodec.TryDecode(message, out var reading, out var error), error);
        _readings.Enqueue((subject.Split('.')[^1], reading!));
    }

    private void Find(string subject, byte[] message)
    {
        Assert.True(EventCodec.TryDecode(message, out var found, out var error), $"{subject}: {error}");
        _events.Enqueue(found!);
    }
}
