namespace Prometheus;

public enum ExpositionFormat
{
    /// <summary>Prometheus text format 0.0.4.</summary>
    PrometheusText,

    /// <summary>OpenMetrics 1.0.</summary>
    OpenMetricsText,
}

internal enum MetricType
{
    Counter,
    Gauge,
    Summary,
    Histogram,
}

internal static class ContentTypes
{
    public const string PrometheusText = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetricsText = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    public static string Of(ExpositionFormat format) =>
        format == ExpositionFormat.OpenMetricsText ? OpenMetricsText : PrometheusText;
}
