using System.Globalization;
using System.Text.RegularExpressions;
using SignalStream.Processes;

namespace SignalStream.TestKit;

/// <summary>One of the product's services as a process of its own, on a free port of loopback.</summary>
public sealed partial class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;

    private ServiceProcess(string name, ChildProcess process, Uri address) => (Name, _process, Address) = (name, process, address);

    public string Name { get; }

    public Uri Address { get; }

    public int ProcessId => _process.Id;

    /// <summary>Null while it runs.</summary>
    public int? ExitCode => _process.ExitCode;

    /// <summary>Its last lines, oldest first.</summary>
    public IReadOnlyList<string> Output => _process.Output;

    /// <summary>Starts a service and returns once it listens; whether it is ready is another question.</summary>
    /// <param name="name">producer, processor, predictor or gateway.</param>
    /// <param name="natsUrl">Its server, which may not run yet.</param>
    /// <param name="settings">Further configuration, as <c>Ecg:Beds=4</c>.</param>
    public static async Task<ServiceProcess> StartAsync(string name, string natsUrl, params string[] settings)
    {
        var process = ChildProcess.Start(
            "dotnet",
            [
                AssemblyOf(name), "--Urls=http://127.0.0.1:0", $"--Nats:Url={natsUrl}",
                "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information", .. settings.Select(s => $"--{s}"),
            ],
            new Dictionary<string, string?> { ["NATS_URL"] = null, ["ECG"] = null },
            Repository.Path($"services/{name}"));
        try
        {
            var line = await process.WaitForLineAsync(Listening().IsMatch, StartTimeout);
            return new ServiceProcess(name, process, new Uri(Listening().Match(line).Groups[1].Value));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a service that is expected to end by itself, and gives its exit code and output.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(string name, params string[] arguments)
    {
        await using var process = ChildProcess.Start("dotnet", [AssemblyOf(name), .. arguments], null, Repository.Path($"services/{name}"));
        await process.Exited.WaitAsync(StartTimeout);
        return (process.ExitCode ?? -1, string.Join('\n', process.Output));
    }

    /// <summary>Waits until <c>/health/ready</c> says so.</summary>
    public Task ReadyAsync() => Eventually.TrueAsync(async () => (await GetAsync("/health/ready")).Ready, TimeSpan.FromSeconds(60));

    /// <summary>What a path answers, and whether with success.</summary>
    public async Task<(bool Ready, string Text)> GetAsync(string path)
    {
        using var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
            return (answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return (false, exception.Message);
        }
    }

    /// <summary>The value of a metric, labels as they are written; 0 when it is not there.</summary>
    public async Task<double> MetricAsync(string nameAndLabels)
    {
        var (_, text) = await GetAsync("/metrics");
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(nameAndLabels + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(nameAndLabels.Length + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>Waits for a line of its log, written already or still to come.</summary>
    public Task<string> WaitForLogAsync(string text) =>
        _process.WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), StartTimeout);

    /// <summary>SIGTERM, and waits until it has ended.</summary>
    public async Task<int> StopAsync()
    {
        _process.Terminate();
        await _process.Exited.WaitAsync(TimeSpan.FromSeconds(30));
        return _process.ExitCode ?? -1;
    }

    /// <summary>SIGSTOP: connections stay open and nothing answers.</summary>
    public void Suspend() => _process.Suspend();

    /// <summary>SIGCONT.</summary>
    public void Resume() => _process.Resume();

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>Built beside the test's own assembly: in the service's bin, or in the same artifacts folder.</summary>
    private static string AssemblyOf(string name)
    {
        var project = $"SignalStream.{char.ToUpperInvariant(name[0])}{name[1..]}";
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string[] places =
        [
            Repository.Path($"services/{name}/bin/{here.Parent!.Name}/{here.Name}/{project}.dll"),
            Path.Combine(here.Parent.Parent!.FullName, project, here.Name, $"{project}.dll"),
        ];
        return places.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"{project} is not built: it is neither {string.Join(" nor ", places)}.");
    }

    [GeneratedRegex("Now listening on: (http://[0-9.:]+)")]
    private static partial Regex Listening();
}
