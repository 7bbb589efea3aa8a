using System.Globalization;

namespace SignalStream.ChaosTests.Processor;

/// <summary>The processors that run, and those that ran.</summary>
internal sealed class Replicas(int natsPort) : IAsyncDisposable
{
    private readonly List<Replica> _live = [];
    private readonly List<Replica> _all = [];

    public IReadOnlyList<Replica> Live => _live;

    /// <summary>Those that ended without being told to, with their last lines.</summary>
    public IEnumerable<string> Failures => _all.Where(r => !r.MayEnd && r.Process.ExitCode is not null).Select(r => string.Create(
        CultureInfo.InvariantCulture, $"{r.Name} ended with {r.Process.ExitCode}:\n  {string.Join("\n  ", r.Process.Output.TakeLast(15))}"));

    public Replica Pick(int number) => _live[number % _live.Count];

    public async Task<Replica> AddAsync() => (await AddAsync(1))[0];

    /// <summary>Starts so many side by side.</summary>
    public async Task<IReadOnlyList<Replica>> AddAsync(int count)
    {
        var added = await Task.WhenAll(Enumerable.Range(_all.Count + 1, count).Select(number => Replica.StartAsync(number, natsPort)));
        _all.AddRange(added);
        _live.AddRange(added);
        return added;
    }

    /// <summary>A dead one's line goes with it; its log and last numbers stay.</summary>
    public async Task KillAsync(Replica replica)
    {
        _live.Remove(replica);
        await replica.KillAsync();
    }

    public async Task<int> StopAsync(Replica replica)
    {
        _live.Remove(replica);
        return await replica.StopAsync();
    }

    /// <summary>All of them, as on SIGTERM: then nothing moves any more.</summary>
    public Task<int[]> StopAllAsync() => Task.WhenAll(_live.ToList().Select(StopAsync));

    /// <summary>Sum of a counter over all replicas there ever were; null when none has it.</summary>
    public double? Total(string name) => Sum(_all, name);

    /// <summary>Sum of a gauge over those that run.</summary>
    public double? Now(string name) => Sum(_live, name);

    /// <summary>Leaves each replica's output in a file.</summary>
    public void WriteLogs(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var replica in _all)
            File.WriteAllLines(Path.Combine(folder, $"{replica.Name}.log"), replica.Process.Output);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _all)
            await replica.DisposeAsync();
    }

    private static double? Sum(IEnumerable<Replica> replicas, string name)
    {
        var values = replicas.Select(r => r.Metric(name)).OfType<double>().ToList();
        return values.Count == 0 ? null : values.Sum();
    }
}
