using System.Diagnostics;
using System.Globalization;
using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.Benchmarks.WholeWay;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;
using SignalStream.TestKit;

namespace SignalStream.Benchmarks.Processor;

/// <summary>How many ECG streams one processor keeps up with on one core, and what it adds to their way.</summary>
/// <remarks>
/// The processor has the first core for itself; producer, nats-server and this program share the rest. The added latency is the
/// server's own: from the moment when the log has the frame that completes a second of signal to the moment when it has the heart
/// rate of that second, one clock for both.
/// </remarks>
internal static class ProcessorBenchmark
{
    private const string ProcessorCores = "0";
    private const string Lag = "signalstream_partition_lag_seconds{capability=\"heart\"}";
    private const int WarmUpSeconds = 5;
    private const int MostWarmUpSeconds = 20;
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(500);

    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 15;
        var steps = (args.Length > 1 ? args[1] : "500,1000,1500,2000").Split(',').Select(s => int.Parse(s, CultureInfo.InvariantCulture));
        Console.WriteLine($"streams of 250 Hz, 25 frames/s each, {seconds} s a row once warm, one processor on core {ProcessorCores}");
        Console.WriteLine();
        Console.WriteLine("| streams | frames/s made | worked on/s | a CPU-second | processor | producer | nats-server | lag max s | added p50 ms | p99 ms | resident MiB |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var streams in steps)
            await MeasureAsync(streams, seconds);
        return 0;
    }

    private static async Task MeasureAsync(int streams, int seconds)
    {
        await using var system = await RunningSystem.StartAsync();
        Pin(system.Nats.ProcessId, OtherCores);
        var processor = await system.AddAsync("processor");
        Pin(processor.ProcessId, ProcessorCores);
        var producer = await system.AddAsync("producer", string.Create(CultureInfo.InvariantCulture, $"Ecg:Beds={streams}"));
        Pin(producer.ProcessId, OtherCores);
        await WarmUpAsync(processor);

        var begin = TimeProvider.System.GetUtcNow();
        var before = await ReadAsync(system, processor, producer);
        var lag = await WatchLagAsync(processor, seconds);
        var after = await ReadAsync(system, processor, producer);
        await producer.KillAsync();
        await PauseAsync(TimeSpan.FromSeconds(1));
        var added = await AddedAsync(system.Nats.ClientOptions, begin, begin.AddSeconds(seconds - 1));

        var elapsed = (after.At - before.At).TotalSeconds;
        var worked = after.Worked - before.Worked;
        var cpu = after.Processor.Seconds - before.Processor.Seconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {streams} | {(after.Made - before.Made) / elapsed:F0} | {worked / elapsed:F0} | {worked / cpu:F0} | {cpu / elapsed:P0} "
            + $"| {(after.Producer.Seconds - before.Producer.Seconds) / elapsed:P0} | {(after.Server.Seconds - before.Server.Seconds) / elapsed:P0} "
            + $"| {lag:F1} | {At(added, .5):F1} | {At(added, .99):F1} | {after.Processor.ResidentBytes / 1048576.0:F0} |"));
    }

    /// <summary>Some seconds, and then until the first backlog is worked off, or will not be.</summary>
    private static async Task WarmUpAsync(ServiceProcess processor)
    {
        await PauseAsync(TimeSpan.FromSeconds(WarmUpSeconds));
        var start = TimeProvider.System.GetTimestamp();
        while (await processor.MetricAsync(Lag) > 0.1 && TimeProvider.System.GetElapsedTime(start).TotalSeconds < MostWarmUpSeconds)
            await PauseAsync(SampleEvery);
    }

    private readonly record struct Reading(DateTimeOffset At, double Made, double Worked, ProcessCpu Processor, ProcessCpu Producer, ProcessCpu Server);

    private static async Task<Reading> ReadAsync(RunningSystem system, ServiceProcess processor, ServiceProcess producer) => new(
        TimeProvider.System.GetUtcNow(),
        await producer.MetricAsync("signalstream_producer_frames_total"),
        await processor.MetricAsync("signalstream_partition_messages_total{capability=\"heart\"}"),
        ProcessCpu.Of(processor.ProcessId),
        ProcessCpu.Of(producer.ProcessId),
        ProcessCpu.Of(system.Nats.ProcessId));

    private static async Task<double> WatchLagAsync(ServiceProcess processor, int seconds)
    {
        var start = TimeProvider.System.GetTimestamp();
        var lag = 0.0;
        while (TimeProvider.System.GetElapsedTime(start).TotalSeconds < seconds)
        {
            lag = Math.Max(lag, await processor.MetricAsync(Lag));
            await PauseAsync(SampleEvery);
        }

        return lag;
    }

    /// <summary>From the log having a second's last frame to the log having its heart rate, ms, sorted.</summary>
    private static async Task<List<double>> AddedAsync(NatsOpts options, DateTimeOffset begin, DateTimeOffset end)
    {
        await using var connection = new NatsConnection(options);
        var completed = new Dictionary<(string Stream, ulong Index), DateTimeOffset>();
        await foreach (var message in MessagesAsync(connection, SignalType.Wave, begin, end))
        {
            if (FrameHeader.TryRead(message.Data, out var header) == FrameError.None
                && (header.First + (ulong)header.Count) % 250 == 0 && Subjects.TryParseStream(message.Subject, out var stream))
            {
                completed[(stream.ToString(), header.First + (ulong)header.Count)] = message.Metadata!.Value.Timestamp;
            }
        }

        var added = new List<double>();
        await foreach (var message in MessagesAsync(connection, SignalType.Finding, begin, end.AddSeconds(1)))
        {
            if (EventCodec.TryDecode(message.Data, out var found, out _) && found is HeartRateEvent
                && completed.TryGetValue((found.Place.Stream.ToString(), found.Place.Index), out var at))
            {
                added.Add((message.Metadata!.Value.Timestamp - at).TotalMilliseconds);
            }
        }

        added.Sort();
        return added;
    }

    private static async IAsyncEnumerable<INatsJSMsg<byte[]>> MessagesAsync(
        INatsConnection connection, SignalType type, DateTimeOffset begin, DateTimeOffset end)
    {
        var options = new NatsJSOrderedConsumerOpts
        {
            FilterSubjects = [Subjects.All(type)],
            DeliverPolicy = NATS.Client.JetStream.Models.ConsumerConfigDeliverPolicy.ByStartTime,
            OptStartTime = begin,
        };
        var consumer = await new NatsJSContext(connection).CreateOrderedConsumerAsync(LogDefinitions.NameOf(type), options);
        if (consumer.Info.NumPending == 0)
            yield break;
        await foreach (var message in consumer.ConsumeAsync<byte[]>())
        {
            if (message.Metadata!.Value.Timestamp <= end)
                yield return message;
            if (message.Metadata.Value.NumPending == 0 || message.Metadata.Value.Timestamp > end)
                yield break;
        }
    }

    private static string OtherCores => Environment.ProcessorCount < 2 ? ProcessorCores : string.Create(CultureInfo.InvariantCulture, $"1-{Environment.ProcessorCount - 1}");

    private static void Pin(int process, string cores)
    {
        var start = new ProcessStartInfo("taskset", ["-a", "-p", "-c", cores, process.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        using var taskset = Process.Start(start)!;
        taskset.WaitForExit();
        if (taskset.ExitCode != 0)
            throw new InvalidOperationException($"Process {process} cannot be kept on core {cores}: taskset ended with {taskset.ExitCode}.");
    }

    private static double At(List<double> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[(int)(share * (sorted.Count - 1))];

    private static Task PauseAsync(TimeSpan pause) => Task.Delay(pause, TimeProvider.System);
}
