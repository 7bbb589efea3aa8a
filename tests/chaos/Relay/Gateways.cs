using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SignalStream.TestKit;

namespace SignalStream.ChaosTests.Relay;

/// <summary>Replicas of the gateway on ports that stay, so that one that was killed comes back where it was.</summary>
internal sealed class Gateways(NatsServer nats, params string[] settings) : IAsyncDisposable
{
    private readonly ServiceProcess?[] _processes = new ServiceProcess?[2];

    public IReadOnlyList<int> Ports { get; } = [FreePort(), FreePort()];

    public IEnumerable<ServiceProcess> Running => _processes.OfType<ServiceProcess>();

    public Task StartAsync() => Task.WhenAll(StartAsync(0), StartAsync(1));

    public async Task StartAsync(int number)
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"Urls=http://127.0.0.1:{Ports[number]}");
        var process = await ServiceProcess.StartAsync("gateway", nats.Url, [url, "Logging:LogLevel:Default=Warning", .. settings]);
        _processes[number] = process;
        await process.ReadyAsync();
    }

    public async Task KillAsync(int number)
    {
        if (_processes[number] is not { } process)
            return;
        _processes[number] = null;
        await process.KillAsync();
        await process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync(0);
        await KillAsync(1);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
