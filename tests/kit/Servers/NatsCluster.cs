using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SignalStream.Processes;

namespace SignalStream.TestKit;

/// <summary>Three nats-servers with the product's own configuration for a cluster; a test may kill one.</summary>
/// <remarks>Needs 2.11: the environment variable NATS_SERVER names another one than that on the path.</remarks>
public sealed class NatsCluster : IAsyncDisposable
{
    private const int Servers = 3;
    private static readonly Version Least = new(2, 11);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly string _folder = Reaper.NewFolder("nats-cluster");
    private readonly Dictionary<string, (ChildProcess Process, int Port)> _servers = [];

    /// <summary>Of all three, as services take it.</summary>
    public string Url => string.Join(',', _servers.Values.Select(s => string.Create(CultureInfo.InvariantCulture, $"nats://127.0.0.1:{s.Port}")));

    /// <summary>Starts them, or skips the test by name without a server that is new enough.</summary>
    public static async Task<NatsCluster> StartAsync()
    {
        var program = await Requirement.NatsServerAsync(Least);
        var cluster = new NatsCluster();
        var ports = FreePorts(2 * Servers);
        var routes = string.Join(',', ports[..Servers].Select(p => string.Create(CultureInfo.InvariantCulture, $"nats://127.0.0.1:{p}")));
        for (var i = 0; i < Servers; i++)
            cluster.Start(program, $"nats-{i + 1}", ports[i], ports[Servers + i], routes);
        await Task.WhenAll(cluster._servers.Values.Select(s =>
            s.Process.WaitForLineAsync(line => line.EndsWith("Server is ready", StringComparison.Ordinal), StartTimeout)));
        return cluster;
    }

    /// <summary>SIGKILL, and it does not come back.</summary>
    public async Task KillAsync(string name) => await _servers[name].Process.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, _) in _servers.Values)
            await process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private void Start(string program, string name, int routePort, int port, string routes)
    {
        string[] arguments =
        [
            "-c", Repository.Path("deploy/nats/cluster/nats-server.conf"), "-a", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-m", "-1",
            "-sd", Path.Combine(_folder, name), "--cluster", string.Create(CultureInfo.InvariantCulture, $"nats://127.0.0.1:{routePort}"), "--routes", routes,
        ];
        _servers[name] = (ChildProcess.Start(program, arguments, new Dictionary<string, string?> { ["NATS_NAME"] = name }), port);
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
            listener.Start();
        var ports = listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
            listener.Dispose();
        return ports;
    }
}
