using System.Collections.Concurrent;
using System.Globalization;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.KeyValueStore;
using SignalStream.TestKit;

namespace SignalStream.ChaosTests.Nats;

/// <summary>Keys that are written again and again with growing values, and a watch of them.</summary>
internal sealed class KeyTraffic : IAsyncDisposable
{
    private const int Keys = 10;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(10);
    private static readonly NatsKVWatchOpts Watchful = new() { IdleHeartbeat = TimeSpan.FromMilliseconds(250) };

    private readonly Link _writer;
    private readonly Link _watcher;
    private readonly CancellationTokenSource _bound = new(Chaos.Bound);
    private readonly CancellationTokenSource _stop;
    private readonly Dictionary<string, int> _written = [];
    private readonly ConcurrentDictionary<string, int> _seen = new();
    private Task _writing = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;

    private KeyTraffic(NatsOpts options)
    {
        _writer = new Link(options);
        _watcher = new Link(options);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_bound.Token);
    }

    public int WentBack { get; private set; }

    public static async Task<KeyTraffic> StartAsync(NatsOpts options, int perSecond)
    {
        var traffic = new KeyTraffic(options);
        var store = await Context(traffic._writer).CreateStoreAsync(new NatsKVConfig("chaos") { History = 5 }, traffic._bound.Token);
        var watched = await Context(traffic._watcher).GetStoreAsync("chaos", traffic._bound.Token);
        traffic._watching = Task.Run(() => traffic.WatchAsync(watched));
        traffic._writing = Task.Run(() => Pace.RunAsync(perSecond, number => traffic.WriteAsync(store, number), traffic._stop.Token));
        await Eventually.TrueAsync(() => traffic._watching.IsFaulted || !traffic._seen.IsEmpty, what: "the watch has begun");
        return traffic;
    }

    /// <summary>Writes no more, and waits until the watch knows the last value of each key.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _writing;
        Assert.Equal(Keys, _written.Count);
        await Eventually.TrueAsync(
            () => _watching.IsFaulted || _written.All(pair => _seen.GetValueOrDefault(pair.Key, -1) == pair.Value),
            what: "the watch ends with the last values");
        Assert.False(_watching.IsFaulted, $"The watch failed: {_watching.Exception}");
        Assert.Equal(0, WentBack);
    }

    public async ValueTask DisposeAsync()
    {
        await _bound.CancelAsync();
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _writer.DisposeAsync();
        await _watcher.DisposeAsync();
        _stop.Dispose();
        _bound.Dispose();
    }

    private static NatsKVContext Context(Link link) => new(new NatsJSContext(link.Connection));

    private async Task WriteAsync(INatsKVStore store, int number)
    {
        var key = (number % Keys).ToString(CultureInfo.InvariantCulture);
        while (!(await store.TryPutAsync(key, number, cancellationToken: _bound.Token)).Success)
            await Chaos.PauseAsync(RetryPause);
        _written[key] = number;
    }

    private async Task WatchAsync(INatsKVStore store)
    {
        await foreach (var entry in store.WatchAsync<int>(opts: Watchful, cancellationToken: _bound.Token))
        {
            if (_seen.TryGetValue(entry.Key, out var before) && entry.Value < before)
                WentBack++;
            _seen[entry.Key] = entry.Value;
        }
    }
}
