using SignalStream.Gateway.Relay.Resume;

namespace SignalStream.Gateway.Relay;

/// <summary>One subscription for each stream whose waves somebody wants, dropped some seconds after the last one has left.</summary>
internal sealed class WaveFeeds(
    FramePool pool, HoleFiller filler, RelayWorkers workers, RelayOptions options, RelayMetrics metrics, TimeProvider time, ILogger<WaveFeeds> log) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<StreamTopic, Watched> _watched = [];
    private readonly List<Task> _ending = [];

    private sealed class Watched(WaveFeed feed)
    {
        public WaveFeed Feed => feed;

        public int Viewers { get; set; }

        public long LeftAt { get; set; }
    }

    /// <param name="topic">Of the stream.</param>
    /// <param name="worker">Whoever watches first has it on its own worker's connection: a stream that one viewer watches never leaves that one.</param>
    public void Watch(StreamTopic topic, RelayWorker worker)
    {
        lock (_gate)
        {
            if (!_watched.TryGetValue(topic, out var watched))
            {
                watched = _watched[topic] = new Watched(WaveFeed.Start(topic, pool, filler, worker, workers, options, metrics, time, log));
                metrics.StreamsWatched(_watched.Count);
            }

            watched.Viewers++;
        }
    }

    public void Leave(StreamTopic topic)
    {
        lock (_gate)
        {
            if (_watched.TryGetValue(topic, out var watched) && --watched.Viewers == 0)
                watched.LeftAt = time.GetTimestamp();
        }
    }

    /// <summary>Drops what nobody has wanted for a while; to be called about once a second.</summary>
    public void Sweep()
    {
        var linger = TimeSpan.FromSeconds(options.LingerSeconds);
        lock (_gate)
        {
            _ending.RemoveAll(task => task.IsCompleted);
            foreach (var (topic, watched) in _watched.ToArray())
            {
                watched.Feed.LookAfter();
                if (watched.Viewers == 0 && time.GetElapsedTime(watched.LeftAt) >= linger)
                {
                    _watched.Remove(topic);
                    _ending.Add(watched.Feed.DisposeAsync().AsTask());
                }
            }

            metrics.StreamsWatched(_watched.Count);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] ending;
        lock (_gate)
        {
            ending = [.. _ending, .. _watched.Values.Select(watched => watched.Feed.DisposeAsync().AsTask())];
            _watched.Clear();
        }

        await Task.WhenAll(ending);
    }
}
