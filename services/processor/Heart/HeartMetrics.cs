using Prometheus;

namespace SignalStream.Processor.Heart;

internal sealed class HeartMetrics(IMetricFactory metrics)
{
    private readonly Counter _frames = metrics.CreateCounter("signalstream_processor_frames_total", "Frames processed.");
    private readonly Counter _samples = metrics.CreateCounter("signalstream_processor_samples_total", "Samples processed, of one lead.");
    private readonly Counter _repeated = metrics.CreateCounter(
        "signalstream_processor_frames_repeated_total", "Frames that had come before, or of an epoch that is over.");
    private readonly Counter _missing = metrics.CreateCounter(
        "signalstream_processor_samples_missing_total", "Samples that never came: after a gap the detector starts afresh.");
    private readonly Counter _settingsRefused = metrics.CreateCounter(
        "signalstream_processor_settings_refused_total", "Limits that break a rule: those before stay.");

    public void Processed(int samples)
    {
        _frames.Inc();
        _samples.Inc(samples);
    }

    public void Repeated() => _repeated.Inc();

    public void Missing(ulong samples) => _missing.Inc(samples);

    public void SettingRefused() => _settingsRefused.Inc();
}
