using Prometheus;
using SignalStream.Messaging;

namespace SignalStream.Producer.Probes;

internal sealed class ProbeMetrics(IMetricFactory metrics)
{
    private readonly Gauge _targets = metrics.CreateGauge("signalstream_producer_targets", "Network targets that this producer probes.");
    private readonly Counter _probes = metrics.CreateCounter(
        "signalstream_producer_probes_total", "Probes of network targets, by how and by what became of them.", ["probe", "outcome"]);
    private readonly Counter _skipped = metrics.CreateCounter(
        "signalstream_producer_probes_skipped_total", "Probes that were not made because the one before still waited, or the producer was late.");
    private readonly Counter _stored = metrics.CreateCounter("signalstream_producer_readings_total", "Readings that the log has.");
    private readonly Counter _notStored = metrics.CreateCounter(
        "signalstream_producer_reading_failures_total", "Tries to store a reading that failed; each is made again.");
    private readonly Counter _dropped = metrics.CreateCounter(
        "signalstream_producer_readings_dropped_total", "Readings given up, since the log was away for too long, or the target is another producer's by now.");
    private readonly Counter _refused = metrics.CreateCounter(
        "signalstream_producer_targets_refused_total", "Targets in the bucket that break a rule, or are too many.");

    /// <summary>That the log has.</summary>
    public long Readings => (long)_stored.Value;

    public void Targets(int count) => _targets.Set(count);

    public void Probed(ProbeKind probe, ProbeOutcome outcome) => _probes.WithLabels(WordOf(probe), WordOf(outcome)).Inc();

    public void Skipped(long probes) => _skipped.Inc(probes);

    public void Stored() => _stored.Inc();

    public void NotStored() => _notStored.Inc();

    public void Dropped() => _dropped.Inc();

    public void TargetRefused() => _refused.Inc();

    private static string WordOf(ProbeKind probe) => probe switch
    {
        ProbeKind.Icmp => "icmp",
        ProbeKind.Tcp => "tcp",
        ProbeKind.Udp => "udp",
        ProbeKind.Http => "http",
        ProbeKind.Dns => "dns",
        _ => "simulated",
    };

    private static string WordOf(ProbeOutcome outcome) => outcome switch
    {
        ProbeOutcome.Answered => "answered",
        ProbeOutcome.TimedOut => "timed_out",
        ProbeOutcome.Refused => "refused",
        ProbeOutcome.Unresolved => "unresolved",
        _ => "failed",
    };
}
