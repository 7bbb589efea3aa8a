using System.Globalization;
using System.Runtime.InteropServices;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Prometheus;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Partitions;
using SignalStream.Processor.Heart;
using SignalStream.Signal.Synthesis;

namespace SignalStream.Benchmarks.Processor;

/// <summary>
/// The same frames, the same detector and the same findings without a log: subscribe and publish, nothing acknowledged, nothing kept.
/// What one would write in an afternoon, and what a killed process loses. Each runs in a process of its own.
/// </summary>
internal static class PlainRoles
{
    private const int SamplesAFrame = 10;
    private const float RateHz = 250;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(SamplesAFrame / (double)RateHz);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(0.5);

    public static async Task<int> RunAsync(string[] args)
    {
        var (role, url) = (args[0], args[1]);
        await using var connection = new NatsConnection(NatsOpts.Default with { Url = url });
        await connection.ConnectAsync();
        if (role == "produce")
            await ProduceAsync(connection, int.Parse(args[2], CultureInfo.InvariantCulture));
        else if (role == "read")
            await ReadAsync(connection, args[2]);
        else
            await ProcessAsync(connection);
        return 0;
    }

    /// <summary>Reads the log and does nothing with it.</summary>
    private static async Task ReadAsync(NatsConnection connection, string partitions)
    {
        var filters = partitions == "all"
            ? []
            : partitions.Split(',').Select(p => Subjects.OfPartition(SignalType.Wave, int.Parse(p, CultureInfo.InvariantCulture), null)).ToArray();
        var options = new NatsJSOrderedConsumerOpts { FilterSubjects = filters, DeliverPolicy = ConsumerConfigDeliverPolicy.New };
        var consumer = await new NatsJSContext(connection).CreateOrderedConsumerAsync(LogDefinitions.NameOf(SignalType.Wave), options);
        var (received, said) = (0L, TimeProvider.System.GetTimestamp());
        await foreach (var message in consumer.ConsumeAsync<byte[]>(opts: new NatsJSConsumeOpts { MaxMsgs = 5000 }))
        {
            received += message.Data is null ? 0 : 1;
            if (TimeProvider.System.GetElapsedTime(said) < SayEvery)
                continue;
            said = TimeProvider.System.GetTimestamp();
            Console.WriteLine(received.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>As the producer does: one timer, the streams spread over the time between two frames.</summary>
    private static async Task ProduceAsync(NatsConnection connection, int streams)
    {
        var beds = Enumerable.Range(1, streams).Select(n => new Bed(n)).ToList();
        var (started, startNs) = (TimeProvider.System.GetTimestamp(), EventTime.Of(TimeProvider.System.GetUtcNow()));
        for (var round = 0L; ; round++)
        {
            foreach (var (i, bed) in beds.Index())
            {
                var due = Interval * (round + 1 + ((double)i / streams));
                while (due - TimeProvider.System.GetElapsedTime(started) is { Ticks: > 0 } early)
                    await Task.Delay(early < ShortestSleep ? ShortestSleep : early, TimeProvider.System);
                await connection.PublishAsync(bed.Subject, bed.NextFrame(startNs));
            }
        }
    }

    private static async Task ProcessAsync(NatsConnection connection)
    {
        var metrics = new HeartMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
        var hearts = new Dictionary<string, HeartStream>();
        var now = new List<SignalEvent>();
        var (worked, said) = (0UL, TimeProvider.System.GetTimestamp());
        await using var frames = await connection.SubscribeCoreAsync<byte[]>(Subjects.All(SignalType.Wave));
        Console.WriteLine("READY");
        await foreach (var message in frames.Msgs.ReadAllAsync())
        {
            if (!hearts.TryGetValue(message.Subject, out var heart))
            {
                if (!Subjects.TryParseStream(message.Subject, out var stream))
                    continue;
                hearts[message.Subject] = heart = new HeartStream(stream, new HeartOptions(), metrics);
            }

            heart.Process(new LogMessage(++worked, EventTime.Of(TimeProvider.System.GetUtcNow()), message.Data), now);
            foreach (var output in now)
                await connection.PublishAsync(Subjects.Of(output.Type, output.Place.Stream), EventCodec.Encode(output));
            now.Clear();
            if (TimeProvider.System.GetElapsedTime(said) < SayEvery)
                continue;
            said = TimeProvider.System.GetTimestamp();
            Console.WriteLine(worked.ToString(CultureInfo.InvariantCulture));
        }
    }

    private sealed class Bed
    {
        private readonly EcgGenerator _generator;
        private readonly float[] _samples = new float[SamplesAFrame];
        private readonly byte[] _frame = new byte[FrameHeader.Size + (SamplesAFrame * sizeof(float))];
        private ulong _next;

        public Bed(int number)
        {
            Subject = Subjects.Of(SignalType.Wave, new StreamId("ecg", string.Create(CultureInfo.InvariantCulture, $"bed-{number}")));
            _generator = new EcgGenerator(new EcgSettings { HeartRateBpm = 55 + (number * 17 % 60), HeartRateSdBpm = 1 + (number % 4), Seed = (ulong)number });
        }

        public string Subject { get; }

        public byte[] NextFrame(long startNs)
        {
            _generator.Process(_samples);
            new FrameHeader(FrameKind.Samples, 0, SamplesAFrame, 0, 1, RateHz, _next, startNs + (long)(_next * 1e9 / RateHz)).Write(_frame);
            MemoryMarshal.AsBytes<float>(_samples).CopyTo(_frame.AsSpan(FrameHeader.Size));
            _next += SamplesAFrame;
            return _frame;
        }
    }
}
