using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Messaging;

namespace SignalStream.Gateway.Relay;

/// <summary>A stream's frames from the bus to its topic: checked, numbered, in order.</summary>
internal sealed class WaveFeed : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseWhenBehind = TimeSpan.FromMilliseconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly StreamTopic _topic;
    private readonly FramePool _pool;
    private readonly RelayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private Task _running = Task.CompletedTask;
    private WaveOrder _order;
    private Complaints _complaints;

    internal WaveFeed(StreamTopic topic, FramePool pool, RelayMetrics metrics, TimeProvider time, ILogger log)
    {
        _topic = topic;
        _pool = pool;
        _metrics = metrics;
        _time = time;
        _log = log;
        _complaints = new Complaints(time);
    }

    public static WaveFeed Start(
        StreamTopic topic, SignalBus bus, FramePool pool, RelayWorker worker, RelayWorkers workers, RelayOptions options, RelayMetrics metrics,
        TimeProvider time, ILogger log)
    {
        var feed = new WaveFeed(topic, pool, metrics, time, log);
        feed._running = worker.RunAsync(() => feed.RunAsync(bus, workers, options.BusFrames));
        return feed;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    /// <summary>The way of one frame: header checked, place checked, copied once, numbered, into every viewer's queue.</summary>
    internal void Relay(ReadOnlySpan<byte> frame)
    {
        if (FrameHeader.TryRead(frame, out var header) is var error and not FrameError.None)
        {
            Refuse(RelayMetrics.Label(error), error.Describe(frame));
            return;
        }

        if (header.Kind == FrameKind.Event)
        {
            Refuse("kind", "an event frame among the waves: events come from their logs.");
            return;
        }

        if (!_order.TryTake(header, SharedFrame.CoverOf(header, frame), out var lost))
        {
            Refuse("repeat", $"epoch {header.Epoch}, first {header.First}: not above what came before.");
            return;
        }

        _metrics.FrameIn();
        if (lost is { } stretch)
            Publish(_pool.Gap(_topic.Number, stretch, GapReason.BeforeGateway));
        Publish(_pool.Copy(frame, header, _topic.Number));
    }

    private void Publish(SharedFrame frame)
    {
        _topic.Publish(frame);
        frame.Release();
    }

    private async Task RunAsync(SignalBus bus, RelayWorkers workers, int capacity)
    {
        var cancelled = _stopping.Token;
        var subject = Subjects.Of(SignalType.Wave, _topic.Stream);
        while (!cancelled.IsCancellationRequested)
        {
            try
            {
                await using var subscription = await bus.SubscribeAsync(subject, capacity, cancelled);
                while (await subscription.WaitToReadAsync(cancelled))
                {
                    // What waits in the subscription is bounded there, and the gap is told.
                    if (!RelayWaiting(subscription, workers))
                        await Task.Delay(PauseWhenBehind, _time, cancelled);
                }
            }
            catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
            {
                return;
            }
            catch (NatsException exception)
            {
                _log.FeedInterrupted(_topic.Stream, exception.Message);
            }

            await Task.Delay(RetryAfter, _time, cancelled).ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <returns>False when it stopped because the workers are behind.</returns>
    private bool RelayWaiting(WaveSubscription subscription, RelayWorkers workers)
    {
        while (!workers.AreBehind)
        {
            if (!subscription.TryRead(out var message))
                return true;
            using (message)
                Relay(message.Frame);
        }

        return false;
    }

    private void Refuse(string reason, string description)
    {
        _metrics.FrameRejected(reason);
        if (_complaints.IsDue())
            _log.FrameRefused(_topic.Stream, description);
    }
}
