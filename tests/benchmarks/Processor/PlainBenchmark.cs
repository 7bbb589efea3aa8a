using System.Globalization;
using SignalStream.Benchmarks.WholeWay;
using SignalStream.Processes;
using SignalStream.TestKit;

namespace SignalStream.Benchmarks.Processor;

/// <summary>What the log costs: the product beside the same detector on plain subscribe-and-publish, processor time of all three processes.</summary>
internal static class PlainBenchmark
{
    private const string Live = "signalstream_partitions_live{capability=\"heart\"}";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    /// <summary>Shares of a core, and frames worked on a second.</summary>
    private readonly record struct Cost(double Producer, double Server, double Processor, double Frames)
    {
        public double All => Producer + Server + Processor;
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 15;
        var steps = (args.Length > 1 ? args[1] : "500,2000").Split(',').Select(s => int.Parse(s, CultureInfo.InvariantCulture));
        Console.WriteLine($"streams of 250 Hz, 25 frames/s each, {seconds} s a row once warm; shares of a core");
        Console.WriteLine();
        Console.WriteLine("| streams | by | frames/s | producer | nats-server | processor | together | ratio |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var streams in steps)
        {
            var plain = await PlainAsync(streams, seconds);
            Print(streams, "subscribe and publish", plain, plain);
            Print(streams, "log", await LogAsync(streams, seconds), plain);
        }

        return 0;
    }

    private static void Print(int streams, string way, Cost cost, Cost plain) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {streams} | {way} | {cost.Frames:F0} | {cost.Producer:P0} | {cost.Server:P0} | {cost.Processor:P0} | {cost.All:P0} | {cost.All / plain.All:F1} |"));

    private static async Task<Cost> LogAsync(int streams, int seconds)
    {
        await using var system = await RunningSystem.StartAsync();
        var processor = await system.AddAsync("processor");
        await Eventually.TrueAsync(async () => await processor.MetricAsync(Live) >= 64, TimeSpan.FromSeconds(30));
        var producer = await system.AddAsync("producer", string.Create(CultureInfo.InvariantCulture, $"Ecg:Beds={streams}"));
        return await MeasureAsync(
            producer.ProcessId, system.Nats.ProcessId, processor.ProcessId, seconds,
            () => processor.MetricAsync("signalstream_partition_messages_total{capability=\"heart\"}"));
    }

    private static async Task<Cost> PlainAsync(int streams, int seconds)
    {
        await using var nats = await NatsServer.StartAsync();
        await using var processor = Start("process", nats.Url);
        await processor.WaitForLineAsync(line => line == "READY", TimeSpan.FromSeconds(30));
        await using var producer = Start("produce", nats.Url, streams.ToString(CultureInfo.InvariantCulture));
        return await MeasureAsync(producer.Id, nats.ProcessId, processor.Id, seconds, () => Task.FromResult(WorkedOn(processor)));
    }

    private static double WorkedOn(ChildProcess processor) =>
        double.TryParse(processor.Output is [.., var last] ? last : null, CultureInfo.InvariantCulture, out var worked) ? worked : 0;

    private static ChildProcess Start(string role, string url, params string[] more) =>
        ChildProcess.Start("dotnet", [typeof(PlainBenchmark).Assembly.Location, "processor-role", role, url, .. more]);

    private static async Task<Cost> MeasureAsync(int producer, int server, int processor, int seconds, Func<Task<double>> worked)
    {
        await Task.Delay(WarmUp, TimeProvider.System);
        var (before, framesBefore) = (Used(), await worked());
        var begin = TimeProvider.System.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        var elapsed = TimeProvider.System.GetElapsedTime(begin).TotalSeconds;
        var (after, framesAfter) = (Used(), await worked());
        return new Cost(
            (after.Producer - before.Producer) / elapsed,
            (after.Server - before.Server) / elapsed,
            (after.Processor - before.Processor) / elapsed,
            (framesAfter - framesBefore) / elapsed);

        (double Producer, double Server, double Processor) Used() =>
            (ProcessCpu.Of(producer).Seconds, ProcessCpu.Of(server).Seconds, ProcessCpu.Of(processor).Seconds);
    }
}
