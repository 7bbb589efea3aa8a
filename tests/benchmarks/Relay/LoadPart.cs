using System.Net;
using System.Text.Json;
using NATS.Client.Core;
using SignalStream.Processes;
using SignalStream.TestKit;

namespace SignalStream.Benchmarks.Relay;

/// <summary><c>make load-part</c>: viewers of a load in a process of their own, which say over NATS every second what they saw.</summary>
/// <remarks>Delays hold between machines as far as their clocks agree.</remarks>
internal static class LoadPart
{
    /// <summary>Starts one on this machine.</summary>
    public static ChildProcess Start(Uri gateway, string natsUrl, string run, int streams, FleetShape shape, string hold, string compress, int first) => ChildProcess.Start(
        "dotnet",
        [
            typeof(LoadPart).Assembly.Location, "load-part", $"gateway={gateway}", $"nats={natsUrl}", $"run={run}", $"streams={streams}", $"first={first}",
            $"viewers={shape.Viewers}", $"each={shape.StreamsEach}", $"slow={shape.Slow}", $"frozen={shape.Frozen}", $"hold={hold}", $"compress={compress}",
        ],
        null,
        Repository.Path("tests/benchmarks"));

    public static async Task<int> RunAsync(string[] args)
    {
        var settings = new LoadSettings(args);
        await using var connection = new NatsConnection(NatsOpts.Default with { Url = settings.Text("nats", "nats://127.0.0.1:4222") });
        await connection.ConnectAsync();
        using var fleet = ViewerFleet.Connect(
            EndPointOf(new Uri(settings.Text("gateway", "http://127.0.0.1:8080"))), settings.Dialect, Load.Names(settings.Number("streams", 100)),
            settings.Shape, settings.Number("first", 0));
        var part = $"{Environment.MachineName} {Environment.ProcessId}";
        var subject = LoadReports.SubjectOf(settings.Text("run", "load"));
        for (var left = settings.Number("seconds", int.MaxValue); left > 0; left--)
        {
            var (fast, slow) = fleet.Collect();
            await connection.PublishAsync(subject, JsonSerializer.SerializeToUtf8Bytes(new LoadReport(part, LoadTally.Of(fast), LoadTally.Of(slow))));
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        return 0;
    }

    public static IPEndPoint EndPointOf(Uri address) =>
        new(IPAddress.TryParse(address.Host, out var ip) ? ip : Dns.GetHostAddresses(address.Host, System.Net.Sockets.AddressFamily.InterNetwork)[0], address.Port);
}
