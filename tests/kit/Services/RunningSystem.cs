using System.Collections.Concurrent;

namespace SignalStream.TestKit;

/// <summary>nats-server and services, each a process of its own, gone when disposed.</summary>
public sealed class RunningSystem : IAsyncDisposable
{
    private readonly ConcurrentStack<ServiceProcess> _services = new();

    private RunningSystem(NatsServer nats) => Nats = nats;

    public NatsServer Nats { get; }

    /// <summary>Starts nats-server with the product's configuration, or skips the test by name without it.</summary>
    public static async Task<RunningSystem> StartAsync() => new(await NatsServer.StartAsync(new NatsServerOptions
    {
        ConfigFile = Repository.Path("deploy/nats/nats-server.conf"),
        Arguments = ["-m=-1"], // its monitoring port: any that is free
    }));

    /// <summary>Starts a service and waits until it is ready.</summary>
    public async Task<ServiceProcess> AddAsync(string name, params string[] settings)
    {
        var service = await AddStartingAsync(name, settings);
        await service.ReadyAsync();
        return service;
    }

    /// <summary>Starts a service without waiting for more than that it listens.</summary>
    public async Task<ServiceProcess> AddStartingAsync(string name, params string[] settings)
    {
        var service = await ServiceProcess.StartAsync(name, Nats.Url, settings);
        _services.Push(service);
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
            await service.DisposeAsync();
        await Nats.DisposeAsync();
    }
}
