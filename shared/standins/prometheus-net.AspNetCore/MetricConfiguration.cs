namespace Prometheus;

/// <summary>What the configurations of all metric types have in common.</summary>
public abstract class MetricConfiguration
{
    public string[]? LabelNames { get; set; }

    /// <summary>Leaves the metric out of the export until it is first written to.</summary>
    public bool SuppressInitialValue { get; set; }
}

public sealed class CounterConfiguration : MetricConfiguration;

public sealed class GaugeConfiguration : MetricConfiguration;

public sealed class HistogramConfiguration : MetricConfiguration
{
    /// <summary>Upper bounds, ascending; +Inf is added when absent. Null: <see cref="Histogram"/>'s default ones.</summary>
    public double[]? Buckets { get; set; }
}

/// <summary>Without objectives, as is the package's default: sum and count, no quantiles.</summary>
public sealed class SummaryConfiguration : MetricConfiguration;
