using System.Globalization;
using NATS.Client.Core;
using SignalStream.Processes;

namespace SignalStream.TestKit;

/// <summary>A real nats-server that a test may kill, freeze and restart on the same port and store.</summary>
/// <remarks>Gone with its folder when disposed, and when the test process dies.</remarks>
public sealed class NatsServer : IAsyncDisposable
{
    private readonly NatsServerOptions _options;
    private readonly string _folder = Reaper.NewFolder("nats-server");
    private ChildProcess? _process;

    private NatsServer(NatsServerOptions options) => _options = options;

    public int Port { get; private set; }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"nats://127.0.0.1:{Port}");

    /// <summary>Options that connect here and, since tests do not wait, reconnect quickly.</summary>
    public NatsOpts ClientOptions => NatsOpts.Default with
    {
        Url = Url,
        ReconnectWaitMin = TimeSpan.FromMilliseconds(20),
        ReconnectWaitMax = TimeSpan.FromMilliseconds(200),
        ReconnectJitter = TimeSpan.FromMilliseconds(10),
        ConnectTimeout = TimeSpan.FromSeconds(5),
    };

    public string StoreFolder => Path.Combine(_folder, "store");

    public int ProcessId => Running.Id;

    /// <summary>The log of the current run.</summary>
    public IReadOnlyList<string> Log => Running.Output;

    private ChildProcess Running => _process ?? throw new InvalidOperationException("The server does not run.");

    /// <summary>Starts one, or skips the test by name where nats-server is not installed.</summary>
    public static async Task<NatsServer> StartAsync(NatsServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        Requirement.NatsServer();
        var server = new NatsServer(options ?? new NatsServerOptions());
        await server.StartAgainAsync(cancellationToken);
        return server;
    }

    /// <summary>Starts it again on its port and store after <see cref="KillAsync"/> or <see cref="StopAsync"/>.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        int? port = Port == 0 ? _options.Port : Port;
        (_process, Port) = await NatsProcess.StartAsync(port, [.. Arguments()], cancellationToken);
    }

    /// <summary>SIGKILL: what was not written is lost, as in a crash.</summary>
    public async Task KillAsync()
    {
        await Running.DisposeAsync();
        _process = null;
    }

    /// <summary>SIGTERM, and waits until it has ended.</summary>
    public async Task StopAsync()
    {
        Running.Terminate();
        await Running.Exited;
        await KillAsync();
    }

    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await KillAsync();
        await StartAgainAsync(cancellationToken);
    }

    /// <summary>SIGSTOP: connections stay open and nothing answers.</summary>
    public void Freeze() => Running.Suspend();

    public void Thaw() => Running.Resume();

    public Task<string> WaitForLogAsync(string text, TimeSpan? timeout = null) =>
        Running.WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), timeout ?? TimeSpan.FromSeconds(10));

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await KillAsync();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private IEnumerable<string> Arguments()
    {
        if (_options.JetStream)
            yield return "-js";
        yield return "-sd";
        yield return StoreFolder;
        if (ConfigPath() is { } config)
        {
            yield return "-c";
            yield return config;
        }

        foreach (var argument in _options.Arguments)
            yield return argument;
    }

    private string? ConfigPath()
    {
        if (_options.Config is null)
            return _options.ConfigFile;
        var path = Path.Combine(_folder, "nats.conf");
        File.WriteAllText(path, _options.Config);
        return path;
    }
}
