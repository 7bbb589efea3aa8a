using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.Contracts;
using SignalStream.Contracts.V1;
using SignalStream.Messaging;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Partitions;

namespace SignalStream.IntegrationTests.Partitions;

/// <summary>One pass over the log of waves as it stands, with what decides besides the waves.</summary>
internal static class InputLog
{
    /// <summary>What workers make of it that have never been anywhere else.</summary>
    public static async Task<List<SignalEvent>> ReplayAsync(NatsConnection nats, Func<StreamId, IStreamWorker> newWorker)
    {
        var workers = new Dictionary<StreamId, IStreamWorker>();
        var made = new List<SignalEvent>();
        var settings = new Dictionary<(int Partition, string Key), Setting>();
        await foreach (var message in ReadAsync(nats))
        {
            var place = message.Metadata!.Value;
            var storedNs = EventTime.Of(place.Timestamp);
            if (Subjects.TryParseControl(message.Subject, SignalType.Wave, out var partition))
            {
                var control = Control.Parser.ParseFrom(message.Data);
                foreach (var (stream, worker) in workers.Where(w => Partition.Of(w.Key) == partition))
                    Act(worker, stream, control, storedNs, settings, made);
                if (control.Setting is { } setting)
                    settings[(partition, setting.Key)] = setting;
            }
            else if (Subjects.TryParseStream(message.Subject, out var stream))
            {
                if (!workers.TryGetValue(stream, out var worker))
                {
                    workers[stream] = worker = newWorker(stream);
                    if (InForce(stream, settings) is { Length: > 0 } value)
                        worker.Set("count", value, made);
                }

                worker.Process(new LogMessage(place.Sequence.Stream, storedNs, message.Data), made);
            }
        }

        return made;
    }

    private static void Act(
        IStreamWorker worker, StreamId stream, Control control, long storedNs, Dictionary<(int, string), Setting> settings, List<SignalEvent> made)
    {
        if (control.Tick is not null)
            worker.Tick(storedNs, made);
        if (control.Setting is not { } setting)
            return;
        var before = InForce(stream, settings);
        var after = InForce(stream, new Dictionary<(int, string), Setting>(settings) { [(Partition.Of(stream), setting.Key)] = setting });
        if (!before.SequenceEqual(after))
            worker.Set("count", after, made);
    }

    private static byte[] InForce(StreamId stream, Dictionary<(int, string), Setting> settings)
    {
        var own = settings.GetValueOrDefault((Partition.Of(stream), $"count.{stream}"))?.Value.ToByteArray() ?? [];
        return own.Length > 0 ? own : settings.GetValueOrDefault((Partition.Of(stream), "count.default"))?.Value.ToByteArray() ?? [];
    }

    private static async IAsyncEnumerable<INatsJSMsg<byte[]>> ReadAsync(NatsConnection nats)
    {
        var consumer = await new NatsJSContext(nats).CreateOrderedConsumerAsync(LogDefinitions.NameOf(SignalType.Wave));
        if (consumer.Info.NumPending == 0)
            yield break;
        await foreach (var message in consumer.ConsumeAsync<byte[]>())
        {
            yield return message;
            if (message.Metadata?.NumPending == 0)
                yield break;
        }
    }
}
