using Prometheus;

namespace SignalStream.Processor.Latency;

internal sealed class LatencyMetrics(IMetricFactory metrics)
{
    private readonly Counter _readings = metrics.CreateCounter(
        "signalstream_processor_readings_total", "Readings of network targets processed.", ["answered"]);
    private readonly Counter _repeated = metrics.CreateCounter(
        "signalstream_processor_readings_repeated_total", "Readings that had come before, or of an epoch that is over.");
    private readonly Counter _missing = metrics.CreateCounter(
        "signalstream_processor_readings_missing_total", "Readings that never came.");
    private readonly Counter _anomalies = metrics.CreateCounter(
        "signalstream_processor_anomalies_total", "Anomalies of network targets that began.", ["form"]);

    public void Processed(bool answered) => _readings.WithLabels(answered ? "yes" : "no").Inc();

    public void Repeated() => _repeated.Inc();

    public void Missing(ulong readings) => _missing.Inc(readings);

    public void Anomaly(string form) => _anomalies.WithLabels(form).Inc();
}
