using SignalStream.Processes;
using System.Globalization;

namespace Testcontainers.Nats;

/// <summary>A nats-server with JetStream. Stopped and started again it keeps its data, its port may change.</summary>
public sealed class NatsContainer : IAsyncDisposable
{
    private const int ClientPort = 4222;

    private readonly string[] _arguments;
    private readonly string _credentials;
    private readonly string _store = Reaper.NewFolder("nats");
    private ChildProcess? _process;
    private int _port;

    internal NatsContainer(string[] command, string? username, string? password)
    {
        string[] access = username is null ? [] : ["--user", username, "--pass", password!];
        _arguments = ["-js", "-sd", _store, .. access, .. command];
        _credentials = username is null ? "" : $"{Uri.EscapeDataString(username)}:{Uri.EscapeDataString(password!)}@";
    }

    public string Hostname => "127.0.0.1";

    public async Task StartAsync(CancellationToken ct = default)
    {
        if (_process is { HasExited: false })
            return;
        (_process, _port) = await NatsProcess.StartAsync(null, _arguments, ct).ConfigureAwait(false);
    }

    public async Task StopAsync(CancellationToken ct = default)
    {
        if (_process is not { } process)
            return;
        process.Terminate();
        await process.Exited.WaitAsync(ct).ConfigureAwait(false);
        await process.DisposeAsync().ConfigureAwait(false);
        _process = null;
    }

    public ushort GetMappedPublicPort(int containerPort) => containerPort == ClientPort
        ? checked((ushort)Running())
        : throw new InvalidOperationException($"Port {containerPort} is not mapped; only {ClientPort} is.");

    public string GetConnectionString() =>
        string.Create(CultureInfo.InvariantCulture, $"nats://{_credentials}{Hostname}:{Running()}/");

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync().ConfigureAwait(false);
        _process = null;
        if (Directory.Exists(_store))
            Directory.Delete(_store, recursive: true);
    }

    private int Running() => _process is null
        ? throw new InvalidOperationException("The server has not been started.")
        : _port;
}
