using Prometheus;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Hosting.Partitions;

/// <summary>The work on partitions in numbers.</summary>
internal sealed class PartitionMetrics(CollectorRegistry registry, IMetricFactory metrics)
{
    private readonly Gauge _owned = metrics.CreateGauge("signalstream_partitions_owned", "Partitions that this replica has claimed, of 64.");
    private readonly Gauge _live = metrics.CreateGauge("signalstream_partitions_live", "Of these, the ones that have caught up.");
    private readonly Gauge _streams = metrics.CreateGauge("signalstream_partition_streams", "Streams that this replica works on.");
    private readonly Gauge _lag = metrics.CreateGauge("signalstream_partition_lag_seconds", "How far the work is behind the log.");
    private readonly Counter _processed = metrics.CreateCounter("signalstream_partition_messages_total", "Messages of the log worked on.");
    private readonly Counter _reread = metrics.CreateCounter("signalstream_partition_messages_reread_total", "Of these, worked on by somebody before.");
    private readonly Counter _suppressed = metrics.CreateCounter(
        "signalstream_partition_outputs_suppressed_total", "Outputs that the log had already.");
    private readonly Counter _diverged = metrics.CreateCounter(
        "signalstream_partition_outputs_diverged_total", "Outputs suppressed although the log has others in their place.");
    private readonly Counter _retried = metrics.CreateCounter("signalstream_event_store_failures_total", "Tries to store an event that failed; each is tried again.");
    private readonly Counter _claims = metrics.CreateCounter("signalstream_partition_claims_total", "Partitions claimed.");
    private readonly Counter _fenced = metrics.CreateCounter("signalstream_partition_fenced_total", "Partitions given up because another owner was ahead.");
    private readonly Counter _checkpoints = metrics.CreateCounter("signalstream_partition_checkpoints_total", "Checkpoints written.");
    private readonly Counter _bytes = metrics.CreateCounter("signalstream_partition_checkpoint_bytes_total", "Bytes of them.");
    private readonly Counter _failed = metrics.CreateCounter("signalstream_partition_failures_total", "Exceptions of workers; three at one message and it is skipped.");
    private readonly Counter _stored = metrics.CreateCounter("signalstream_events_stored_total", "Findings, forecasts and alerts that the log has.", ["kind"]);
    private readonly Histogram _delay = metrics.CreateHistogram(
        "signalstream_event_store_seconds", "From an event being made to the log having it.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.0001, 2, 18) });
    private readonly Counter _rejected = metrics.CreateCounter(
        "signalstream_partition_messages_rejected_total", "Inputs refused, by the rule they break.", ["reason"]);

    public void Watch(PartitionEngine engine) => registry.AddBeforeCollectCallback(() =>
    {
        _owned.Set(engine.Owned);
        _live.Set(engine.Live);
        _streams.Set(engine.Streams);
        _lag.Set(engine.LagSeconds);
        _processed.IncTo(engine.Counters.Processed);
        _reread.IncTo(engine.Counters.Reread);
        _suppressed.IncTo(engine.Counters.Suppressed);
        _diverged.IncTo(engine.Counters.Diverged);
        _retried.IncTo(engine.Counters.Retried);
        _claims.IncTo(engine.Counters.Claims);
        _fenced.IncTo(engine.Counters.Fenced);
        _checkpoints.IncTo(engine.Counters.Checkpoints);
        _bytes.IncTo(engine.Counters.CheckpointBytes);
        _failed.IncTo(engine.Counters.Failed);
    });

    public void Stored(SignalEvent stored, TimeSpan delay)
    {
        _stored.WithLabels(stored.Kind).Inc();
        _delay.Observe(delay.TotalSeconds);
    }

    public void Rejected(Rejection rejection) => _rejected.WithLabels(rejection.Word).Inc();
}
