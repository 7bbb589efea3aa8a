using System.Globalization;
using SignalStream.TestKit;

namespace SignalStream.Benchmarks.WholeWay;

/// <summary>What the simulated market of five symbols costs the producer that makes it and the predictor that forecasts it.</summary>
internal static class MarketBenchmark
{
    private const double MiB = 1 << 20;

    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 60;
        await using var system = await RunningSystem.StartAsync();
        var predictor = await system.AddAsync("predictor");
        var producer = await system.AddAsync("producer", "Ecg:Beds=0", "Market:Source=Simulator");
        // The bars of the time before, a start's compiling.
        await Task.Delay(TimeSpan.FromSeconds(20));
        ServiceProcess[] running = [producer, predictor];
        var before = running.Select(s => ProcessCpu.Of(s.ProcessId)).ToArray();
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        var elapsed = clock.GetElapsedTime(started).TotalSeconds;

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Five symbols, a bar every 5 s, {elapsed:F0} s after 20 s of warm-up"));
        Console.WriteLine();
        Console.WriteLine("| process | share of a core | resident MiB |");
        Console.WriteLine("|---|---|---|");
        foreach (var (service, was) in running.Zip(before))
        {
            var now = ProcessCpu.Of(service.ProcessId);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {service.Name} | {(now.Seconds - was.Seconds) / elapsed:P2} | {now.ResidentBytes / MiB:F0} |"));
        }

        return 0;
    }
}
