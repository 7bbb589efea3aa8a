using System.Globalization;
using SignalStream.Benchmarks.WholeWay;
using SignalStream.Messaging;
using SignalStream.Processes;
using SignalStream.TestKit;

namespace SignalStream.Benchmarks.Processor;

/// <summary>Three readers of the log of waves: each of all of it, or each with filters for its third of the partitions. Needs nats-server 2.10.</summary>
internal static class ReadersBenchmark
{
    private const int Readers = 3;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 15;
        var streams = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2000;
        Console.WriteLine($"{streams} streams, 25 frames/s each, {seconds} s a row once warm; shares of a core");
        Console.WriteLine();
        Console.WriteLine("| readers | nats-server | readers together | received/s |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var (name, count, isFiltered) in new[] { ("none", 0, false), ("3, of everything", Readers, false), ("3, a third by filters each", Readers, true) })
            await MeasureAsync(name, count, isFiltered, streams, seconds);
        return 0;
    }

    private static async Task MeasureAsync(string name, int count, bool isFiltered, int streams, int seconds)
    {
        await using var system = await RunningSystem.StartAsync();
        await system.AddAsync("producer", string.Create(CultureInfo.InvariantCulture, $"Ecg:Beds={streams}"));
        var readers = Enumerable.Range(0, count).Select(i => Start(system.Nats.Url, isFiltered ? PartitionsOf(i) : "all")).ToList();
        await Task.Delay(WarmUp, TimeProvider.System);
        var (server, used, received) = Now();
        var begin = TimeProvider.System.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        var elapsed = TimeProvider.System.GetElapsedTime(begin).TotalSeconds;
        var (serverThen, usedThen, receivedThen) = Now();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {(serverThen - server) / elapsed:P0} | {(usedThen - used) / elapsed:P0} | {(receivedThen - received) / elapsed:F0} |"));
        foreach (var reader in readers)
            await reader.DisposeAsync();

        (double Server, double Readers, double Received) Now() => (
            ProcessCpu.Of(system.Nats.ProcessId).Seconds,
            readers.Sum(r => ProcessCpu.Of(r.Id).Seconds),
            readers.Sum(r => r.Output is [.., var last] && double.TryParse(last, CultureInfo.InvariantCulture, out var n) ? n : 0));
    }

    private static string PartitionsOf(int reader) =>
        string.Join(',', Enumerable.Range(0, Partition.Count).Where(p => p % Readers == reader));

    private static ChildProcess Start(string url, string partitions) =>
        ChildProcess.Start("dotnet", [typeof(ReadersBenchmark).Assembly.Location, "processor-role", "read", url, partitions]);
}
