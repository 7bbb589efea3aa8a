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
        await foreach (var message in ReadAsync(nats))
        {
            var place = message.Metadata!.Value;
            var storedNs = EventTime.Of(place.Timestamp);
            if (Subjects.TryParseControl(message.Subject, SignalType.Wave, out var partition))
            {
                if (Control.Parser.ParseFrom(message.Data).BodyCase == Control.BodyOneofCase.Tick)
                {
                    foreach (var (stream, ticked) in workers.Where(w => Partition.Of(w.Key) == partition))
                        ticked.Tick(storedNs, made);
                }
            }
            else if (Subjects.TryParseStream(message.Subject, out var stream))
            {
                if (!workers.TryGetValue(stream, out var worker))
                    workers[stream] = worker = newWorker(stream);
                worker.Process(new LogMessage(place.Sequence.Stream, storedNs, message.Data), made);
            }
        }

        return made;
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
