namespace Prometheus;

/// <summary>Which default metrics to leave out. The stand-in offers the process metrics only.</summary>
public sealed class SuppressDefaultMetricOptions
{
    internal static readonly SuppressDefaultMetricOptions SuppressAll = new() { SuppressProcessMetrics = true };
    internal static readonly SuppressDefaultMetricOptions SuppressNone = new();

    public bool SuppressProcessMetrics { get; set; }

    // The package exports these three beside the process metrics; accepted so that callers can switch them off there.
    public bool SuppressDebugMetrics { get; set; }

    public bool SuppressEventCounters { get; set; }

    public bool SuppressMeters { get; set; }

    internal void ApplyTo(CollectorRegistry registry)
    {
        if (!SuppressProcessMetrics)
            DotNetStats.Register(registry);
    }
}
