using System.Globalization;
using SignalStream.TestKit;

namespace SignalStream.ChaosTests.Nats;

/// <summary>Two servers of one cluster.</summary>
internal sealed record Cluster(NatsServer First, NatsServer Second) : IAsyncDisposable
{
    private const string Listening = "Listening for route connections on ";

    // The longest of the two limits: what moves, moves because it was told, not because the server closes.
    private const string LameDuck = "lame_duck_duration: \"60s\"\nlame_duck_grace_period: \"30s\"\n";

    public static async Task<Cluster> StartAsync()
    {
        var first = await StartAsync(routes: "");
        var line = await first.WaitForLogAsync(Listening);
        var address = line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..];
        var second = await StartAsync($"routes: [\"nats://{address}\"]");
        await second.WaitForLogAsync("Route connection created");
        return new Cluster(first, second);
    }

    /// <summary>Tells a server to send its clients away before it closes.</summary>
    public static void Retire(NatsServer server)
    {
        using var kill = System.Diagnostics.Process.Start("kill", ["-USR2", server.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }

    private static Task<NatsServer> StartAsync(string routes) => NatsServer.StartAsync(new NatsServerOptions
    {
        JetStream = false,
        Config = LameDuck + "cluster { name: chaos, listen: \"127.0.0.1:-1\", " + routes + " }",
    });
}
