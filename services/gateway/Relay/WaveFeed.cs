using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay.Resume;
using SignalStream.Messaging;

namespace SignalStream.Gateway.Relay;

/// <summary>A stream's frames from the bus to its topic: checked, numbered, in order.</summary>
internal sealed class WaveFeed : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseWhenBehind = TimeSpan.FromMilliseconds(5);

    /// <summary>A stream that is live has a frame long before.</summary>
    private static readonly TimeSpan SilentAfterCut = TimeSpan.FromSeconds(2);

    /// <summary>Frames that wait for what is missing before them; at 25 a second nearly three minutes.</summary>
    private const int MostKept = 4096;

    private readonly CancellationTokenSource _stopping = new();
    private readonly StreamTopic _topic;
    private readonly FramePool _pool;
    private readonly RelayMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private RelayWorker? _worker;
    private Task _running = Task.CompletedTask;
    private readonly FrameSequence _sequence = new();
    private readonly HoleFiller? _filler;
    private Task _filling = Task.CompletedTask;
    private Complaints _complaints;
    private bool _isLast = true;

    /// <summary>Frames that were taken; connections of the bus, frames and the time when it was last looked after.</summary>
    private long _taken;
    private int _connections;
    private long _takenThen;
    private long _heardAt;
    private long? _cutAt;

    internal WaveFeed(StreamTopic topic, FramePool pool, HoleFiller? filler, RelayMetrics metrics, TimeProvider time, ILogger log)
    {
        _topic = topic;
        _filler = filler;
        _pool = pool;
        _metrics = metrics;
        _time = time;
        _log = log;
        _complaints = new Complaints(time);
    }

    public static WaveFeed Start(
        StreamTopic topic, FramePool pool, HoleFiller filler, RelayWorker worker, RelayWorkers workers, RelayOptions options, RelayMetrics metrics,
        TimeProvider time, ILogger log)
    {
        var feed = new WaveFeed(topic, pool, filler, metrics, time, log) { _worker = worker, _connections = worker.Bus!.Connections, _heardAt = time.GetTimestamp() };
        feed._running = worker.RunAsync(() => feed.RunAsync(worker.Bus!, workers, options.BusFrames));
        return feed;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        await _filling;
        _sequence.Clear();
        _stopping.Dispose();
    }

    /// <summary>
    /// What passed by while the bus was away shows when the next frame comes. Where none comes, the stream having ended meanwhile, the
    /// log is asked. To be called about twice a second.
    /// </summary>
    public void LookAfter()
    {
        var (now, taken, connections) = (_time.GetTimestamp(), Volatile.Read(ref _taken), _worker!.Bus!.Connections);
        if (taken != _takenThen)
            (_takenThen, _heardAt, _cutAt) = (taken, now, null);
        if (connections != _connections)
            (_cutAt, _connections) = (now, connections);
        if (_cutAt is not { } cut || _time.GetElapsedTime(cut, now) < SilentAfterCut)
            return;
        _cutAt = null;
        var silence = _time.GetElapsedTime(_heardAt, now);
        _ = _worker.RunAsync(() => _filling.IsCompleted ? _filling = AskLogAsync(silence) : _filling);
    }

    private async Task AskLogAsync(TimeSpan silence)
    {
        if (_filler is not null && _sequence.Place is not null && !_stopping.IsCancellationRequested)
            await _filler.FillAsync(_topic, silence.TotalSeconds, frame => RelayLogged(frame.Span), () => true, _stopping.Token);
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

        // That a source has ended the catalog says.
        if (!EndMark.Is(header, frame))
            Place(frame, header);
    }

    /// <summary>The same for a frame from the log: most of them are there already.</summary>
    private void RelayLogged(ReadOnlySpan<byte> frame)
    {
        if (FrameHeader.TryRead(frame, out var header) == FrameError.None && header.Kind != FrameKind.Event
            && !EndMark.Is(header, frame) && _sequence.Judge(header, SharedFrame.CoverOf(header, frame)) != Arrival.Repeat)
        {
            Place(frame, header);
        }
    }

    private void Place(ReadOnlySpan<byte> frame, FrameHeader header)
    {
        var arrival = _sequence.Judge(header, SharedFrame.CoverOf(header, frame));
        if (arrival == Arrival.Repeat)
        {
            Refuse("repeat", $"epoch {header.Epoch}, first {header.First}: not above what came before.");
            return;
        }

        _metrics.FrameIn();
        _taken++;
        if (arrival == Arrival.NewEpoch)
            TellHoles();
        var copy = _pool.Copy(frame, header, _topic.Number);
        if (arrival == Arrival.Ahead)
            Keep(copy);
        else
            Publish(copy);
        copy.Release();
        PublishKept();
    }

    private void Publish(SharedFrame frame)
    {
        _sequence.Take(frame);
        _topic.Publish(frame, _isLast);
    }

    /// <summary>Something is missing: while the log is asked for it, what came after it waits.</summary>
    private void Keep(SharedFrame frame)
    {
        var isNew = !_sequence.HasHole;
        _sequence.Hold(frame);
        if (_filler is null || _sequence.Waiting > MostKept || _stopping.IsCancellationRequested)
            TellHoles();
        else if (isNew && _filling.IsCompleted)
            _filling = FillAsync(_filler, frame.Header);
    }

    private void PublishKept()
    {
        while (_sequence.TryTakeHeld(out var kept))
        {
            _topic.Publish(kept!);
            kept!.Release();
        }
    }

    private void TellHoles()
    {
        while (_sequence.HasHole)
        {
            var gap = _pool.Gap(_topic.Number, _sequence.SkipHole(), GapReason.BeforeGateway);
            _topic.Publish(gap);
            gap.Release();
            PublishKept();
            _metrics.Hole(isFilled: false);
        }
    }

    private async Task FillAsync(HoleFiller filler, FrameHeader after)
    {
        var missing = after.First - _sequence.Place!.Value.Next;
        var isFilled = await filler.FillAsync(
            _topic, missing / (double)after.RateHz, frame => RelayLogged(frame.Span), () => _sequence.HasHole, _stopping.Token);
        if (isFilled)
            _metrics.Hole(isFilled: true);
        else if (!_stopping.IsCancellationRequested)
            TellHoles();
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
                // It ends with the token it was made with: to wait with one for each frame would cost more than the frame.
                while (await subscription.WaitToReadAsync(CancellationToken.None))
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
            _isLast = !subscription.HasMore;
            using (message)
                Relay(message.Frame);
            _isLast = true;
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
