using System.Net;
using System.Text.RegularExpressions;
using SignalStream.Processes;
using SignalStream.TestKit;

namespace SignalStream.Benchmarks.Relay;

/// <summary>A server under load: its process, and where viewers find it.</summary>
internal sealed record Peer(string Name, int ProcessId, IPEndPoint Address, string NatsUrl, IAsyncDisposable Running);

/// <summary>Starts what is compared: each a process of its own, on the same nats-server but for that server's own WebSocket.</summary>
internal static partial class Peers
{
    /// <summary>Room for as many viewers as a benchmark may want.</summary>
    public static readonly string[] GatewaySettings = ["WebSockets:MaxConnections=100000", "WebSockets:MaxConnectionsPerAddress=100000", "Logging:LogLevel:Default=Warning"];

    public static readonly string[] All = ["signalstream", "nats-server", "node-ws", "kestrel", "signalr"];

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    public static async Task<Peer> StartAsync(string name, NatsServer nats) => name switch
    {
        "signalstream" => await StartGatewayAsync(nats),
        "nats-server" => await StartNatsAsync(),
        _ when name.Contains('/', StringComparison.Ordinal) => await StartProcessAsync(name, name, [nats.Url], nats),
        "node-ws" => await StartProcessAsync(name, "node", [Repository.Path("tests/benchmarks/Relay/peers/server.mjs"), nats.Url], nats),
        _ => await StartProcessAsync(name, "dotnet", [typeof(Peers).Assembly.Location, "relay-peer", name, nats.Url], nats),
    };

    /// <summary>Gets Node's packages, at the versions of the lock file; false when there is no Node.</summary>
    public static async Task<bool> InstallNodeAsync()
    {
        var folder = Repository.Path("tests/benchmarks/Relay/peers");
        if (Directory.Exists(Path.Combine(folder, "node_modules", "ws")))
            return true;
        try
        {
            await using var npm = ChildProcess.Start("npm", ["ci", "--no-audit", "--no-fund", "--prefix", folder], null, folder);
            await npm.Exited.WaitAsync(StartTimeout);
            return npm.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task<Peer> StartGatewayAsync(NatsServer nats)
    {
        var gateway = await ServiceProcess.StartAsync("gateway", nats.Url, GatewaySettings);
        await gateway.ReadyAsync();
        return new Peer("signalstream", gateway.ProcessId, EndPointOf(gateway.Address), nats.Url, gateway);
    }

    private static async Task<Peer> StartNatsAsync()
    {
        var port = FreePort();
        var server = await NatsServer.StartAsync(new NatsServerOptions
        {
            JetStream = false,
            Config = $"ping_interval: \"1h\"\nwebsocket {{ host: 127.0.0.1, port: {port}, no_tls: true }}\n",
        });
        return new Peer("nats-server", server.ProcessId, new IPEndPoint(IPAddress.Loopback, port), server.Url, server);
    }

    private static async Task<Peer> StartProcessAsync(string name, string program, string[] arguments, NatsServer nats)
    {
        var process = ChildProcess.Start(program, arguments, null, Repository.Path("tests/benchmarks"));
        try
        {
            var line = await process.WaitForLineAsync(Listening().IsMatch, StartTimeout);
            return new Peer(name, process.Id, EndPointOf(new Uri(Listening().Match(line).Value)), nats.Url, process);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    private static IPEndPoint EndPointOf(Uri address) => new(IPAddress.Parse(address.Host), address.Port);

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("http://127.0.0.1:[0-9]+")]
    private static partial Regex Listening();
}
