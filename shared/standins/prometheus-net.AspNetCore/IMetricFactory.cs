namespace Prometheus;

/// <summary>Creates metrics in one registry; asking again for the same metric returns the same instance.</summary>
public interface IMetricFactory
{
    Counter CreateCounter(string name, string help, CounterConfiguration? configuration = null);

    Gauge CreateGauge(string name, string help, GaugeConfiguration? configuration = null);

    Histogram CreateHistogram(string name, string help, HistogramConfiguration? configuration = null);

    Summary CreateSummary(string name, string help, SummaryConfiguration? configuration = null);

    Counter CreateCounter(string name, string help, string[] labelNames, CounterConfiguration? configuration = null);

    Gauge CreateGauge(string name, string help, string[] labelNames, GaugeConfiguration? configuration = null);

    Histogram CreateHistogram(string name, string help, string[] labelNames, HistogramConfiguration? configuration = null);

    Summary CreateSummary(string name, string help, string[] labelNames, SummaryConfiguration? configuration = null);

    IMetricFactory WithLabels(IDictionary<string, string> labels);
}
