using Prometheus;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay.Thinning;

namespace SignalStream.Gateway.Relay;

/// <summary>The relay in numbers.</summary>
internal sealed class RelayMetrics(IMetricFactory metrics)
{
    private readonly Gauge _viewers = metrics.CreateGauge("signalstream_gateway_viewers", "Viewers that are connected.");
    private readonly Gauge _watched = metrics.CreateGauge(
        "signalstream_gateway_streams_watched", "Streams whose waves are taken from the bus, because somebody watches or did so some seconds ago.");

    private readonly Gauge _queued = metrics.CreateGauge("signalstream_gateway_queue_bytes", "Bytes that wait for all viewers together.");
    private readonly Counter _in = metrics.CreateCounter("signalstream_gateway_frames_in_total", "Frames taken from the bus and events taken from the logs.");
    private readonly Counter _rejected = metrics.CreateCounter(
        "signalstream_gateway_frames_rejected_total", "Messages from the bus, the logs and the catalog that break a rule, by the rule.", ["reason"]);

    private readonly Counter.Child[] _delivered = [.. Enum.GetValues<FrameKind>().Select(kind => metrics.CreateCounter(
        "signalstream_gateway_frames_delivered_total", "Frames handed to viewers' sockets, by type: wave, event or gap.", ["type"])
        .WithLabels(kind switch
        {
            FrameKind.Event => "event",
            FrameKind.Gap => "gap",
            _ => "wave",
        }))];

    private readonly Counter _dropped = metrics.CreateCounter(
        "signalstream_gateway_frames_dropped_total", "Frames that a viewer did not get: queue full, too old, not the newest, viewer closed or unsubscribed.", ["reason"]);

    private readonly Gauge _thinned = metrics.CreateGauge(
        "signalstream_gateway_viewers_thinned", "Viewers that lag and get less than they asked for: envelopes, or the newest only.");

    private readonly Counter _steps = metrics.CreateCounter(
        "signalstream_gateway_ladder_steps_total", "Changes of what lagging viewers get, by what they came to.", ["form"]);

    private readonly Gauge _strained = metrics.CreateGauge(
        "signalstream_gateway_workers_strained", "Workers that hardly keep up: they send two frames at a time.");

    private readonly Gauge _replays = metrics.CreateGauge("signalstream_gateway_replays", "Logs that are being read for viewers that came back.");
    private readonly Counter _replayed = metrics.CreateCounter("signalstream_gateway_replayed_frames_total", "Frames and events read from the logs for viewers that came back.");
    private readonly Counter _holes = metrics.CreateCounter(
        "signalstream_gateway_holes_total", "Holes in what came from the bus, by whether the log had what was missing.", ["outcome"]);

    private readonly Counter _sent = metrics.CreateCounter("signalstream_gateway_bytes_sent_total", "Bytes of messages handed to viewers' sockets.");
    private readonly Counter _spared = metrics.CreateCounter(
        "signalstream_gateway_bytes_spared_total", "Bytes that compression kept off the lines of viewers that asked for it.");

    private readonly Counter _closed = metrics.CreateCounter(
        "signalstream_gateway_viewers_closed_total", "Viewers that are gone, by why.", ["reason"]);

    private readonly Histogram _delay = metrics.CreateHistogram(
        "signalstream_gateway_delay_seconds",
        "From the event time of a frame's last sample to the frame handed to a viewer's socket; of streams in real time, one delivery in 16.",
        new HistogramConfiguration { Buckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });

    /// <summary>Streams whose waves are taken from the bus.</summary>
    public int StreamsNow => (int)_watched.Value;

    /// <summary>Frames handed to viewers' sockets.</summary>
    public long DeliveredSoFar => (long)_delivered.Distinct().Sum(type => type.Value);

    /// <summary>A header's fault as a label.</summary>
    public static string Label(FrameError error) => error switch
    {
        FrameError.TooShort => "too_short",
        FrameError.Version => "version",
        FrameError.Kind => "kind",
        FrameError.Scale => "scale",
        FrameError.Rate => "rate",
        _ => "length",
    };

    public void Viewers(int count) => _viewers.Set(count);

    public void StreamsWatched(int count) => _watched.Set(count);

    public void QueuedBytes(long bytes) => _queued.Set(bytes);

    public void FrameIn() => _in.Inc();

    public void FrameRejected(string reason) => _rejected.WithLabels(reason).Inc();

    public void FrameDropped(string reason) => _dropped.WithLabels(reason).Inc();

    public void Replays(int change) => _replays.Inc(change);

    public void Replayed(int frames) => _replayed.Inc(frames);

    public void Hole(bool isFilled) => _holes.WithLabels(isFilled ? "filled" : "told").Inc();

    public void ViewersThinned(int count) => _thinned.Set(count);

    public void Strained(bool isStrained) => _strained.Inc(isStrained ? 1 : -1);

    public void Stepped(int step) => _steps.WithLabels(step switch
    {
        0 => "full",
        Ladder.NewestOnly => "newest",
        _ => "envelope",
    }).Inc();

    public void Delivered(FrameKind kind, long frames) => _delivered[kind - FrameKind.Samples].Inc(frames);

    public void Sent(long bytes) => _sent.Inc(bytes);

    public void Spared(long bytes) => _spared.Inc(bytes);

    public void Delay(TimeSpan sampleToSocket) => _delay.Observe(sampleToSocket.TotalSeconds);

    public void ViewerClosed(string reason) => _closed.WithLabels(reason).Inc();
}
