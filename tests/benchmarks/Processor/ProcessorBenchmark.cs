using System.Globalization;
using SignalStream.Benchmarks.WholeWay;
using SignalStream.TestKit;

namespace SignalStream.Benchmarks.Processor;

/// <summary>How many ECG streams one processor keeps up with on one core, and what it adds to their way; or several, wherever they run.</summary>
/// <remarks>One has the first core for itself; producer, nats-server and this program share the rest.</remarks>
internal static class ProcessorBenchmark
{
    private const string Lag = "signalstream_partition_lag_seconds{capability=\"heart\"}";
    private const string Owned = "signalstream_partitions_live{capability=\"heart\"}";
    private const string Worked = "signalstream_partition_messages_total{capability=\"heart\"}";

    /// <summary>The runtime is done with compiling what is used all the time after some ten seconds, on one core.</summary>
    private const int WarmUpSeconds = 15;
    private const int MostWarmUpSeconds = 20;
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Each look at the metrics takes some milliseconds of the core that is measured; Prometheus looks every few seconds.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 15;
        var steps = Numbers(args.Length > 1 ? args[1] : "500,1000,1500,2000");
        var replicas = args.Length > 2 ? Numbers(args[2]) : [];
        var where = replicas.Count > 0 ? "processors anywhere" : $"one processor on core {Cores.First}";
        Console.WriteLine($"streams of 250 Hz, 25 frames/s each, {seconds} s a row once warm, {where}");
        Console.WriteLine();
        Console.WriteLine(
            "| streams | processors | frames/s made | worked on/s | a CPU-second | processors | producer | nats-server | lag max s "
            + "| added p50 ms | p99 ms | of heart rates p50 | p99 | resident MiB |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var streams in steps)
        {
            if (replicas.Count == 0)
                await MeasureAsync(streams, seconds, 1, isPinned: true);
            foreach (var count in replicas)
                await MeasureAsync(streams, seconds, count, isPinned: false);
        }

        return 0;
    }

    private static async Task MeasureAsync(int streams, int seconds, int replicas, bool isPinned)
    {
        await using var system = await RunningSystem.StartAsync();
        if (isPinned)
            Cores.Pin(system.Nats.ProcessId, Cores.Others);
        var processors = new List<ServiceProcess>();
        while (processors.Count < replicas)
            processors.Add(isPinned ? await Cores.OnFirstAsync(() => system.AddAsync("processor")) : await system.AddAsync("processor"));
        await Eventually.TrueAsync(async () => await SumAsync(processors, Owned) >= 64, TimeSpan.FromSeconds(30));
        var producer = await system.AddAsync("producer", string.Create(CultureInfo.InvariantCulture, $"Ecg:Beds={streams}"));
        if (isPinned)
            Cores.Pin(producer.ProcessId, Cores.Others);
        await WarmUpAsync(processors);

        var begin = TimeProvider.System.GetUtcNow();
        var before = await ReadAsync(system, processors, producer);
        var lag = await WatchLagAsync(processors, seconds);
        var after = await ReadAsync(system, processors, producer);
        await producer.KillAsync();
        await PauseAsync(TimeSpan.FromSeconds(1));
        var added = await AddedLatency.OfAsync(system.Nats.ClientOptions, begin, begin.AddSeconds(seconds));

        var elapsed = (after.At - before.At).TotalSeconds;
        var worked = after.Worked - before.Worked;
        var cpu = after.Processors - before.Processors;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {streams} | {replicas} | {(after.Made - before.Made) / elapsed:F0} | {worked / elapsed:F0} | {worked / cpu:F0} | {cpu / elapsed:P0} "
            + $"| {(after.Producer - before.Producer) / elapsed:P0} | {(after.Server - before.Server) / elapsed:P0} | {lag:F1} "
            + $"| {AddedLatency.At(added.All, .5):F1} | {AddedLatency.At(added.All, .99):F1} "
            + $"| {AddedLatency.At(added.Rates, .5):F1} | {AddedLatency.At(added.Rates, .99):F1} | {after.ResidentMiB:F0} |"));
    }

    /// <summary>Some seconds, and then until the first backlog is worked off, or will not be.</summary>
    private static async Task WarmUpAsync(IReadOnlyList<ServiceProcess> processors)
    {
        await PauseAsync(TimeSpan.FromSeconds(WarmUpSeconds));
        var start = TimeProvider.System.GetTimestamp();
        while (await LagAsync(processors) > 0.1 && TimeProvider.System.GetElapsedTime(start).TotalSeconds < MostWarmUpSeconds)
            await PauseAsync(SampleEvery);
    }

    /// <summary>Counters and processor seconds so far.</summary>
    private readonly record struct Reading(DateTimeOffset At, double Made, double Worked, double Processors, double Producer, double Server, double ResidentMiB);

    private static async Task<Reading> ReadAsync(RunningSystem system, IReadOnlyList<ServiceProcess> processors, ServiceProcess producer)
    {
        var used = processors.Select(p => ProcessCpu.Of(p.ProcessId)).ToList();
        return new Reading(
            TimeProvider.System.GetUtcNow(),
            await producer.MetricAsync("signalstream_producer_frames_total"),
            await SumAsync(processors, Worked),
            used.Sum(u => u.Seconds),
            ProcessCpu.Of(producer.ProcessId).Seconds,
            ProcessCpu.Of(system.Nats.ProcessId).Seconds,
            used.Sum(u => u.ResidentBytes) / 1048576.0);
    }

    private static async Task<double> WatchLagAsync(IReadOnlyList<ServiceProcess> processors, int seconds)
    {
        var start = TimeProvider.System.GetTimestamp();
        var lag = 0.0;
        while (TimeProvider.System.GetElapsedTime(start).TotalSeconds < seconds)
        {
            await PauseAsync(LookEvery);
            lag = Math.Max(lag, await LagAsync(processors));
        }

        return lag;
    }

    private static async Task<double> LagAsync(IReadOnlyList<ServiceProcess> processors) =>
        (await Task.WhenAll(processors.Select(p => p.MetricAsync(Lag)))).Max();

    private static async Task<double> SumAsync(IReadOnlyList<ServiceProcess> processors, string metric) =>
        (await Task.WhenAll(processors.Select(p => p.MetricAsync(metric)))).Sum();

    private static List<int> Numbers(string text) => [.. text.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];

    private static Task PauseAsync(TimeSpan pause) => Task.Delay(pause, TimeProvider.System);
}
