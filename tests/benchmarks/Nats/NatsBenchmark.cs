using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SignalStream.TestKit;

namespace SignalStream.Benchmarks.Nats;

/// <summary>Messages a CPU-second of the client's process, beside a bare socket loop in the same run.</summary>
/// <remarks>Each role is a process of its own on one nats-server; rounds are interleaved and the median is printed.</remarks>
internal static class NatsBenchmark
{
    private const string Publisher = "bare-publish";

    private static readonly NatsServerOptions Server = new()
    {
        // The receiver may lag far behind a publisher that only sends: that is measured, not punished.
        Config = "max_pending: 2GB\nwrite_deadline: \"60s\"\n",
        Arguments = ["-js"],
    };

    private static readonly Case[] Cases =
    [
        new("publish 40 B", "bare-publish", 40, 30_000_000, null),
        new("publish 40 B", "publish", 40, 30_000_000, null),
        new("receive 40 B", "bare-receive", 40, 10_000_000, Publisher),
        new("receive 40 B", "receive-memory", 40, 10_000_000, Publisher),
        new("receive 40 B", "receive-bytes", 40, 10_000_000, Publisher),
        new("publish 1 KiB", "bare-publish", 1024, 3_000_000, null),
        new("publish 1 KiB", "publish", 1024, 3_000_000, null),
        new("receive 1 KiB", "bare-receive", 1024, 1_500_000, Publisher),
        new("receive 1 KiB", "receive-memory", 1024, 1_500_000, Publisher),
        new("receive 1 KiB", "receive-bytes", 1024, 1_500_000, Publisher),
        new("request-reply 40 B", "request", 40, 10_000, "reply"),
        new("JetStream publish 40 B, 256 in flight", "js-publish", 40, 1_000_000, null),
        new("JetStream consume 40 B, ordered", "js-consume", 40, 1_000_000, null),
    ];

    private sealed record Case(string What, string Role, int Size, long Count, string? Partner);

    public static async Task<int> RunAsync(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
        var cases = Cases.Where(c => args.Length < 2 || c.What.Contains(args[1], StringComparison.OrdinalIgnoreCase)).ToList();
        await using var server = await NatsServer.StartAsync(Server);
        var results = cases.ToDictionary(c => c, _ => new List<RoleResult>());
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var tried in cases)
            {
                Progress($"round {round} of {rounds}: {tried.What}, {tried.Role}");
                results[tried].Add(await RunAsync(tried, server.Url));
            }
        }

        Progress("");
        Print(results, rounds);
        return 0;
    }

    /// <summary>One line that is written over, for whoever looks on.</summary>
    private static void Progress(string now)
    {
        if (!Console.IsErrorRedirected)
            Console.Error.Write($"\r{now,-78}\r");
    }

    private static async Task<RoleResult> RunAsync(Case tried, string url)
    {
        if (tried.Partner == "reply")
        {
            using var replier = Start("reply", url, tried.Size, tried.Count);
            await ReadyAsync(replier);
            var asked = await ResultAsync(Start(tried.Role, url, tried.Size, tried.Count));
            await replier.WaitForExitAsync();
            return asked;
        }

        var measured = Start(tried.Role, url, tried.Size, tried.Count);
        if (tried.Partner is null)
            return await ResultAsync(measured);
        await ReadyAsync(measured);
        var partner = ResultAsync(Start(tried.Partner, url, tried.Size, 2 * tried.Count));
        var result = await ResultAsync(measured);
        await partner;
        return result;
    }

    private static Process Start(string role, string url, int size, long count)
    {
        var self = typeof(NatsBenchmark).Assembly.Location;
        var start = new ProcessStartInfo(
            "dotnet", [self, "nats-role", role, url, size.ToString(CultureInfo.InvariantCulture), count.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }

    private static async Task ReadyAsync(Process role)
    {
        if (await role.StandardOutput.ReadLineAsync() != "READY")
            throw new InvalidOperationException($"{role.StartInfo.ArgumentList[2]} did not become ready.");
    }

    private static async Task<RoleResult> ResultAsync(Process role)
    {
        using (role)
        {
            string? last = null;
            while (await role.StandardOutput.ReadLineAsync() is { } line)
                last = line;
            await role.WaitForExitAsync();
            if (role.ExitCode != 0 || last is null)
                throw new InvalidOperationException($"{role.StartInfo.ArgumentList[2]} ended with {role.ExitCode}.");
            return JsonSerializer.Deserialize<RoleResult>(last)!;
        }
    }

    private static void Print(Dictionary<Case, List<RoleResult>> results, int rounds)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"medians of {rounds} interleaved rounds, a process each; bare: a socket loop that encodes or parses every message\n"));
        Console.WriteLine("| what | how | M messages a CPU-second | M messages/s | of the bare loop | p50 µs | p99 µs |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var tried in results.Keys)
        {
            var bare = Cases.FirstOrDefault(c => c.What == tried.What && c.Role.StartsWith("bare", StringComparison.Ordinal));
            var perCpu = Median(results[tried], r => r.Messages / r.CpuSeconds / 1e6);
            var perSecond = Median(results[tried], r => r.Messages / r.WallSeconds / 1e6);
            var ratio = bare is null || bare == tried ? "" : (perCpu / Median(results[bare], r => r.Messages / r.CpuSeconds / 1e6)).ToString("F2", CultureInfo.InvariantCulture);
            var (p50, p99) = (Median(results[tried], r => r.P50Micros), Median(results[tried], r => r.P99Micros));
            var latency = p50 > 0 ? string.Create(CultureInfo.InvariantCulture, $"{p50:F0} | {p99:F0}") : " | ";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {tried.What} | {tried.Role} | {perCpu:F2} | {perSecond:F2} | {ratio} | {latency} |"));
        }
    }

    private static double Median(List<RoleResult> results, Func<RoleResult, double> of)
    {
        var sorted = results.Select(of).Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
