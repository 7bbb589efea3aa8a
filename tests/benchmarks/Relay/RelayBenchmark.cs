using System.Globalization;
using SignalStream.Benchmarks.WholeWay;
using SignalStream.TestKit;

namespace SignalStream.Benchmarks.Relay;

/// <summary>Deliveries a CPU-second of the server's process, beside what a user would pick instead, in interleaved rounds.</summary>
/// <remarks>Servers are started once and stay, so that each is warm; memory is what the first case's viewers added to a fresh one.</remarks>
internal static class RelayBenchmark
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    private static readonly Case[] Cases =
    [
        new("A: 1 stream, 2,000 viewers", 1, new FleetShape(2000)),
        new("B: 100 streams, 20 viewers each", 100, new FleetShape(2000)),
        new("C: 1,000 streams, 1 viewer each", 1000, new FleetShape(1000)),
        new("D: 100 streams, 300 viewers of 16 each", 100, new FleetShape(300, 16)),
        new("E: 1 stream, 8,000 viewers", 1, new FleetShape(8000)),
    ];

    private sealed record Case(string What, int Streams, FleetShape Shape);

    private sealed record Result(double PerCpuSecond, double PerSecond, double P50, double P99, double KibEach);

    public static async Task<int> RunAsync(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3;
        var measure = TimeSpan.FromSeconds(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 6);
        var names = args.Length > 2 && args[2] != "all" ? args[2].Split(',') : Peers.All;
        var cases = args.Length > 3 ? [.. Cases.Where(c => args[3].Contains(c.What[0], StringComparison.Ordinal))] : Cases;
        if (names.Contains("node-ws") && !await Peers.InstallNodeAsync())
            names = [.. names.Where(n => n != "node-ws")];

        await using var nats = await NatsServer.StartAsync(new NatsServerOptions { ConfigFile = Repository.Path("deploy/nats/nats-server.conf"), Arguments = ["-m=-1"] });
        var peers = new List<Peer>();
        try
        {
            foreach (var name in names)
                peers.Add(await Peers.StartAsync(name, nats));
            await using var catalog = await LoadCatalog.RegisterAsync(nats.Url, Load.Names(cases.Max(c => c.Streams)));
            if (peers.Find(p => p.Name == "signalstream") is { } own)
                await LoadCatalog.SeenAsync(new Uri($"http://{own.Address}"), Load.Names(cases.Max(c => c.Streams))[^1]);
            var results = new Dictionary<(Case, Peer), List<Result>>();
            for (var round = 1; round <= rounds; round++)
            {
                foreach (var (tried, peer) in cases.SelectMany(c => peers.Select(p => (c, p))))
                {
                    Console.Error.Write($"\r{$"round {round} of {rounds}: {tried.What}, {peer.Name}",-78}");
                    if (!results.TryGetValue((tried, peer), out var list))
                        results[(tried, peer)] = list = [];
                    list.Add(await RunAsync(tried, peer, measure));
                }
            }

            Console.Error.WriteLine();
            Print(results, rounds);
        }
        finally
        {
            foreach (var peer in peers)
                await peer.Running.DisposeAsync();
        }

        return 0;
    }

    private static async Task<Result> RunAsync(Case tried, Peer peer, TimeSpan measure)
    {
        var streams = Load.Names(tried.Streams);
        var idle = ProcessCpu.Of(peer.ProcessId).ResidentBytes;
        using var fleet = ViewerFleet.Connect(peer.Address, Dialect.Of(peer.Name), streams, tried.Shape);
        await Task.Delay(TimeSpan.FromSeconds(1));
        var connected = ProcessCpu.Of(peer.ProcessId).ResidentBytes;
        using var publisher = new FramePublisher(peer.NatsUrl, streams, Load.FramesPerSecond, burst: 1);
        publisher.Start();
        await Task.Delay(WarmUp);
        fleet.Collect();
        var (before, started) = (ProcessCpu.Of(peer.ProcessId), Load.NowNs());
        await Task.Delay(measure);
        var (seen, after, seconds) = (fleet.Collect().Fast, ProcessCpu.Of(peer.ProcessId), (Load.NowNs() - started) / 1e9);
        if (seen.SilentGaps + seen.Repeats + seen.Bad + seen.Closed > 0)
            Console.Error.WriteLine($"\n{peer.Name}: {seen.SilentGaps} silent gaps, {seen.Repeats} repeats, {seen.Bad} unreadable, {seen.Closed} closed");
        return new Result(
            seen.Delivered / (after.Seconds - before.Seconds), seen.Delivered / seconds,
            seen.Delays.Milliseconds(.5), seen.Delays.Milliseconds(.99), (connected - idle) / 1024.0 / tried.Shape.Viewers);
    }

    private static void Print(Dictionary<(Case Case, Peer Peer), List<Result>> results, int rounds)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"medians of {rounds} interleaved rounds\n"));
        Console.WriteLine("| case | server | k deliveries a CPU-second | ratio | deliveries/s | p50 ms | p99 ms |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var ((tried, peer), list) in results.OrderBy(r => r.Key.Case.What, StringComparer.Ordinal))
        {
            var own = results.FirstOrDefault(r => r.Key.Case == tried && r.Key.Peer.Name == "signalstream").Value;
            var ratio = own is null ? double.NaN : Median(own, r => r.PerCpuSecond) / Median(list, r => r.PerCpuSecond);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {tried.What} | {peer.Name} | {Median(list, r => r.PerCpuSecond) / 1e3:F0} | {ratio:F2} | {Median(list, r => r.PerSecond):F0} | {Median(list, r => r.P50):F2} | {Median(list, r => r.P99):F2} |"));
        }

        Console.WriteLine("\n| server | KiB resident an idle viewer, fresh process |\n|---|---|");
        foreach (var ((tried, peer), list) in results.Where(r => r.Key.Case == results.Keys.First().Case))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {peer.Name} | {list[0].KibEach:F0} |"));
    }

    private static double Median(List<Result> results, Func<Result, double> of)
    {
        var sorted = results.Select(of).Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
