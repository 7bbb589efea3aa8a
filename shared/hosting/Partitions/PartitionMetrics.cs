using Prometheus;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Hosting.Partitions;

/// <summary>The work on partitions in numbers, a label for each capability of the service.</summary>
internal sealed class PartitionMetrics(CollectorRegistry registry, IMetricFactory metrics)
{
    private readonly Gauge _owned = Show(metrics, "partitions_owned", "Partitions that this replica has claimed, of 64.");
    private readonly Gauge _live = Show(metrics, "partitions_live", "Of these, the ones that have caught up.");
    private readonly Gauge _streams = Show(metrics, "partition_streams", "Streams that this replica works on.");
    private readonly Gauge _subjects = Show(metrics, "partition_subjects", "Subjects of the log whose stream is remembered; at most 100,000.");
    private readonly Counter _forgotten = Count(metrics, "partition_subjects_forgotten_total", "Of these, the ones forgotten since there were more.");
    private readonly Gauge _lag = Show(metrics, "partition_lag_seconds", "How far the work is behind the log.");
    private readonly Gauge _age = Show(
        metrics, "partition_checkpoint_age_seconds", "Since the oldest of the last checkpoints of the partitions owned.");
    private readonly (Counter Counter, Func<PartitionCounters, long> Of)[] _counters =
    [
        (Count(metrics, "partition_messages_total", "Messages of the log worked on."), c => c.Processed),
        (Count(metrics, "partition_messages_reread_total", "Of these, most probably worked on by somebody before."), c => c.Reread),
        (Count(metrics, "partition_outputs_suppressed_total", "Outputs that the log had already."), c => c.Suppressed),
        (Count(metrics, "partition_outputs_diverged_total", "Outputs suppressed although the log has others in their place."), c => c.Diverged),
        (Count(metrics, "partition_outputs_misplaced_total", "Outputs dropped, not above the last of their kind: a worker's fault."), c => c.Misplaced),
        (Count(metrics, "partition_outputs_lost_total", "Streams' outputs that were acknowledged and that the log has lost."), c => c.Lost),
        (Count(metrics, "event_store_failures_total", "Tries to store an event that failed; each is tried again."), c => c.Retried),
        (Count(metrics, "partition_claims_total", "Partitions claimed."), c => c.Claims),
        (Count(metrics, "partition_taken_total", "Of these, taken from an owner that stood still."), c => c.Taken),
        (Count(metrics, "partition_fenced_total", "Partitions given up because another owner was ahead."), c => c.Fenced),
        (Count(metrics, "partition_checkpoints_total", "Checkpoints written."), c => c.Checkpoints),
        (Count(metrics, "partition_checkpoint_bytes_total", "Bytes of them."), c => c.CheckpointBytes),
        (Count(metrics, "partition_failures_total", "Exceptions of workers; three at one message and it is passed over."), c => c.Failed),
        (Count(metrics, "partition_skips_total", "Messages that a worker passes over from then on."), c => c.Skipped),
        (Count(metrics, "partition_hangs_total", "Times that a partition was given up since a worker did not come back."), c => c.Hung),
        (Count(metrics, "partition_readups_total", "Partitions gained that had to be fed from the log, not from memory."), c => c.ReadUps),
        (Count(metrics, "partition_older_starts_total", "Partitions started from an older checkpoint, since a log had lost its end."), c => c.GoneBack),
        (Count(metrics, "partition_rivals_total", "Messages that something else wrote where an output was to stand: each fences the owner."), c => c.Rivals),
        (Count(metrics, "partition_settings_total", "Settings copied into the log."), c => c.Settings),
    ];

    private readonly Counter _stored = metrics.CreateCounter("signalstream_events_stored_total", "Findings, forecasts and alerts that the log has.", ["kind"]);
    private readonly Histogram _delay = metrics.CreateHistogram(
        "signalstream_event_store_seconds", "From an event being made to the log having it.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.0001, 2, 18) });
    private readonly Histogram _saving = metrics.CreateHistogram(
        "signalstream_partition_checkpoint_seconds", "From the beginning of a checkpoint to its being written, its outputs included.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 14) });
    private readonly Histogram _gaining = metrics.CreateHistogram(
        "signalstream_partition_gain_seconds", "Of a partition that came to this replica: until the claim began, was written, and the reader was met.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 14), LabelNames = ["capability", "step"] });
    private readonly Counter _rejected = metrics.CreateCounter(
        "signalstream_partition_messages_rejected_total", "Inputs refused, by the rule they break.", ["capability", "reason"]);

    public CapabilityMetrics Of(Capability capability) => new(this, capability.Name);

    public void Watch(PartitionEngine engine, string capability) => registry.AddBeforeCollectCallback(() =>
    {
        _owned.WithLabels(capability).Set(engine.Owned);
        _live.WithLabels(capability).Set(engine.Live);
        _streams.WithLabels(capability).Set(engine.Streams);
        var (known, forgotten) = engine.Routes;
        _subjects.WithLabels(capability).Set(known);
        _forgotten.WithLabels(capability).IncTo(forgotten);
        _lag.WithLabels(capability).Set(engine.LagSeconds);
        _age.WithLabels(capability).Set(engine.CheckpointAgeSeconds);
        foreach (var (counter, of) in _counters)
            counter.WithLabels(capability).IncTo(of(engine.Counters));
    });

    public void Stored(SignalEvent stored, TimeSpan delay)
    {
        _stored.WithLabels(stored.Kind).Inc();
        _delay.Observe(delay.TotalSeconds);
    }

    public void Saved(TimeSpan took) => _saving.Observe(took.TotalSeconds);

    public void Gained(string capability, Gain gain)
    {
        _gaining.WithLabels(capability, "waited").Observe(gain.Waited.TotalSeconds);
        _gaining.WithLabels(capability, "claimed").Observe(gain.Claimed.TotalSeconds);
        _gaining.WithLabels(capability, "caught_up").Observe(gain.CaughtUp.TotalSeconds);
    }

    public void Rejected(string capability, Rejection rejection) => _rejected.WithLabels(capability, rejection.Word).Inc();

    private static Gauge Show(IMetricFactory metrics, string name, string help) =>
        metrics.CreateGauge($"signalstream_{name}", help, ["capability"]);

    private static Counter Count(IMetricFactory metrics, string name, string help) =>
        metrics.CreateCounter($"signalstream_{name}", help, ["capability"]);
}

/// <summary>The numbers of one capability.</summary>
internal sealed class CapabilityMetrics(PartitionMetrics metrics, string capability)
{
    public void Watch(PartitionEngine engine) => metrics.Watch(engine, capability);

    public void Stored(SignalEvent stored, TimeSpan delay) => metrics.Stored(stored, delay);

    public void Saved(TimeSpan took) => metrics.Saved(took);

    public void Gained(Gain gain) => metrics.Gained(capability, gain);

    public void Rejected(Rejection rejection) => metrics.Rejected(capability, rejection);
}
