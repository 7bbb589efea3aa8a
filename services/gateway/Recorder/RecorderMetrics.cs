using Prometheus;

namespace SignalStream.Gateway.Recorder;

/// <summary>The recorder in numbers.</summary>
internal sealed class RecorderMetrics(IMetricFactory metrics)
{
    private readonly Counter _readings = metrics.CreateCounter("signalstream_gateway_recorder_readings_total", "Readings in the daily files.");
    private readonly Counter _failures = metrics.CreateCounter(
        "signalstream_gateway_recorder_failures_total", "Tries to write to the daily files that failed; each is made again.");

    private readonly Counter _dropped = metrics.CreateCounter(
        "signalstream_gateway_recorder_dropped_total", "Readings that are in no file, by why: full (the day's file alone is as large as all may be), unreadable.", ["reason"]);

    private readonly Gauge _bytes = metrics.CreateGauge("signalstream_gateway_recorder_bytes", "Size of the daily files.");
    private readonly Gauge _waiting = metrics.CreateGauge("signalstream_gateway_recorder_waiting", "Readings that are read and not yet in a file.");

    public void Recorded(int readings) => _readings.Inc(readings);

    public void Failed() => _failures.Inc();

    public void Dropped(string reason, int readings = 1) => _dropped.WithLabels(reason).Inc(readings);

    public void Bytes(long bytes) => _bytes.Set(bytes);

    public void Waiting(int readings) => _waiting.Set(readings);
}
