using Prometheus;

namespace SignalStream.Producer.Pacing;

internal sealed class PacerMetrics(IMetricFactory metrics)
{
    private readonly Gauge _streams = metrics.CreateGauge("signalstream_producer_streams", "Streams that are being sent.");
    private readonly Counter _failed = metrics.CreateCounter(
        "signalstream_producer_sources_failed_total", "Sources that could not be opened or read.");
    private readonly Counter _frames = metrics.CreateCounter("signalstream_producer_frames_total", "Frames that were due and given to the outbox.");
    private readonly Counter _samples = metrics.CreateCounter("signalstream_producer_samples_total", "Samples in them, of one channel each.");
    private readonly Counter _skipped = metrics.CreateCounter(
        "signalstream_producer_samples_skipped_total", "Samples left out after a stall.");
    private readonly Histogram _late = metrics.CreateHistogram(
        "signalstream_producer_late_seconds", "From when a frame was due to when it was sent.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.0005, 2, 12) });

    public int StreamsNow => (int)_streams.Value;

    public long FramesSent => (long)_frames.Value;

    public void Streams(int count) => _streams.Set(count);

    public void SourceFailed() => _failed.Inc();

    public void Sent(int samples)
    {
        _frames.Inc();
        _samples.Inc(samples);
    }

    public void Skipped(long samples) => _skipped.Inc(samples);

    public void Late(long ns) => _late.Observe(ns / 1e9);
}
