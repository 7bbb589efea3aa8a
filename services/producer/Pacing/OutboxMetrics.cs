using Prometheus;
using SignalStream.Messaging.Logs;

namespace SignalStream.Producer.Pacing;

/// <summary>Counts what becomes of the frames, and tells of losses once a minute.</summary>
internal sealed class OutboxMetrics(
    CollectorRegistry registry, IMetricFactory metrics, TimeProvider time, ILogger<OutboxMetrics> log) : IWaveOutboxObserver
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    private readonly Gauge _unacknowledged = metrics.CreateGauge(
        "signalstream_producer_frames_unacknowledged", "Frames that are kept because the log may not have them.");
    private readonly Counter _resent = metrics.CreateCounter(
        "signalstream_producer_frames_resent_total", "Frames sent once more because the log may not have them.");
    private readonly Counter _refused = metrics.CreateCounter(
        "signalstream_producer_frames_refused_total", "Answers that the log does not have a frame; it is sent again.");
    private readonly Counter _dropped = metrics.CreateCounter(
        "signalstream_producer_frames_dropped_total", "Frames given up before the log acknowledged them: too old, too many, or too long.");
    private readonly Counter _samples = metrics.CreateCounter(
        "signalstream_producer_samples_dropped_total", "Samples in them, of one channel each.");
    private readonly Histogram _delay = metrics.CreateHistogram(
        "signalstream_producer_ack_seconds", "From a frame being due to the log having it.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.0005, 2, 18) });

    private long? _toldRefusal;
    private long? _toldDrop;

    public void Watch(WaveOutbox outbox) => registry.AddBeforeCollectCallback(() => _unacknowledged.Set(outbox.Unacknowledged));

    public void Acknowledged(TimeSpan delay) => _delay.Observe(delay.TotalSeconds);

    public void Resent() => _resent.Inc();

    public void Refused(string reason)
    {
        _refused.Inc();
        if (IsTime(ref _toldRefusal))
            log.FramesRefused(reason);
    }

    public void Dropped(int samples)
    {
        _dropped.Inc();
        _samples.Inc(samples);
        if (IsTime(ref _toldDrop))
            log.FramesDropped();
    }

    private bool IsTime(ref long? told)
    {
        if (told is { } before && time.GetElapsedTime(before) < TellEvery)
            return false;
        told = time.GetTimestamp();
        return true;
    }
}
