using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Prometheus;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Partitions;
using SignalStream.Processor.Heart;

namespace SignalStream.Benchmarks.Processor;

/// <summary>
/// What the processor adds to a finding's way, by the server's clock alone: from the moment when the log has the frame that brings
/// the finding to the moment when it has the finding. Which frame that is, one pass of the detectors over the log says.
/// </summary>
/// <param name="All">Of all findings, ms, ascending.</param>
/// <param name="Rates">Of the heart rates among them: those of all streams fall due within one interval of frames, 40 ms.</param>
internal sealed record AddedLatency(IReadOnlyList<double> All, IReadOnlyList<double> Rates)
{
    /// <summary>Of findings stored within a time.</summary>
    public static async Task<AddedLatency> OfAsync(NatsOpts options, DateTimeOffset begin, DateTimeOffset end)
    {
        await using var connection = new NatsConnection(options);
        var made = await MadeAsync(connection);
        var (all, rates) = (new List<double>(), new List<double>());
        await foreach (var message in MessagesAsync(connection, SignalType.Finding))
        {
            var stored = message.Metadata!.Value.Timestamp;
            if (stored < begin || stored > end || !EventCodec.TryDecode(message.Data, out var found, out _) || !made.TryGetValue(found!.MessageId, out var at))
                continue;
            all.Add((stored - at).TotalMilliseconds);
            if (found is HeartRateEvent)
                rates.Add(all[^1]);
        }

        all.Sort();
        rates.Sort();
        return new AddedLatency(all, rates);
    }

    public static double At(IReadOnlyList<double> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[(int)(share * (sorted.Count - 1))];

    private static async Task<Dictionary<string, DateTimeOffset>> MadeAsync(NatsConnection connection)
    {
        var metrics = new HeartMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
        var hearts = new Dictionary<string, HeartStream>();
        var made = new Dictionary<string, DateTimeOffset>();
        var now = new List<SignalEvent>();
        await foreach (var message in MessagesAsync(connection, SignalType.Wave))
        {
            var place = message.Metadata!.Value;
            if (!hearts.TryGetValue(message.Subject, out var heart))
            {
                if (!Subjects.TryParseStream(message.Subject, out var stream))
                    continue;
                hearts[message.Subject] = heart = new HeartStream(stream, new HeartOptions(), metrics);
            }

            heart.Process(new LogMessage(place.Sequence.Stream, EventTime.Of(place.Timestamp), message.Data), now);
            foreach (var output in now)
                made.TryAdd(output.MessageId, place.Timestamp);
            now.Clear();
        }

        return made;
    }

    private static async IAsyncEnumerable<INatsJSMsg<byte[]>> MessagesAsync(INatsConnection connection, SignalType type)
    {
        var options = new NatsJSOrderedConsumerOpts { FilterSubjects = [Subjects.All(type)], DeliverPolicy = ConsumerConfigDeliverPolicy.All };
        var consumer = await new NatsJSContext(connection).CreateOrderedConsumerAsync(LogDefinitions.NameOf(type), options);
        if (consumer.Info.NumPending == 0)
            yield break;
        await foreach (var message in consumer.ConsumeAsync<byte[]>(opts: new NatsJSConsumeOpts { MaxMsgs = 5000 }))
        {
            yield return message;
            if (message.Metadata!.Value.NumPending == 0)
                yield break;
        }
    }
}
