using System.Globalization;
using SignalStream.TestKit;

namespace SignalStream.ChaosTests.Processor;

/// <summary>One processor as a process, with a line of its own to NATS and what it last said in numbers.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(0.5);

    private readonly CancellationTokenSource _gone = new();
    private readonly Task _sampling;
    private volatile string _metrics = "";

    private Replica(int number, FaultProxy line, ServiceProcess process)
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"replica {number}");
        Line = line;
        Process = process;
        _sampling = SampleAsync();
    }

    public string Name { get; }

    public FaultProxy Line { get; }

    public ServiceProcess Process { get; }

    /// <summary>Set by whoever ends it: what ends otherwise has failed.</summary>
    public bool MayEnd { get; set; }

    public static async Task<Replica> StartAsync(int number, int natsPort)
    {
        var line = new FaultProxy(natsPort);
        var process = await ServiceProcess.StartAsync(
            "processor",
            line.Url,
            string.Create(CultureInfo.InvariantCulture, $"Logs:DuplicateWindowSeconds={FaultPlan.DuplicateWindowSeconds}"),
            "Logging:Console:FormatterName=simple",
            "Logging:Console:FormatterOptions:SingleLine=true",
            "Logging:Console:FormatterOptions:UseUtcTimestamp=true",
            "Logging:Console:FormatterOptions:TimestampFormat=HH:mm:ss.fff ");
        return new Replica(number, line, process);
    }

    /// <summary>The sum over the labels of a metric when it was last asked; null when it has none of that name.</summary>
    public double? Metric(string name)
    {
        var values = _metrics.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is ' ' or '{')
            .Select(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture))
            .ToList();
        return values.Count == 0 ? null : values.Sum();
    }

    public async Task KillAsync()
    {
        MayEnd = true;
        await Process.KillAsync();
    }

    public async Task<int> StopAsync()
    {
        MayEnd = true;
        return await Process.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        MayEnd = true;
        await _gone.CancelAsync();
        await _sampling;
        await Process.DisposeAsync();
        await Line.DisposeAsync();
        _gone.Dispose();
    }

    // Counters are gone with their process: what they were a moment before has to do.
    private async Task SampleAsync()
    {
        while (!_gone.IsCancellationRequested && Process.ExitCode is null)
        {
            var (answered, text) = await Process.GetAsync("/metrics");
            if (answered)
                _metrics = text;
            await Task.Delay(SampleEvery, TimeProvider.System, _gone.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
