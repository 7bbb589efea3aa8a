namespace Prometheus;

/// <summary>Creates metrics in one registry, each with the factory's and the registry's static labels.</summary>
public sealed class MetricFactory : IMetricFactory
{
    private readonly CollectorRegistry _registry;
    private readonly LabelSet _factoryLabels;

    internal MetricFactory(CollectorRegistry registry, LabelSet? factoryLabels = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _registry = registry;
        _factoryLabels = factoryLabels ?? LabelSet.Empty;
    }

    public Counter CreateCounter(string name, string help, CounterConfiguration? configuration = null) =>
        CreateCounter(name, help, configuration?.LabelNames ?? [], configuration);

    public Counter CreateCounter(string name, string help, string[] labelNames, CounterConfiguration? configuration = null) =>
        GetOrAdd(name, help, labelNames, configuration, definition => new Counter(definition));

    public Counter CreateCounter(string name, string help, params string[] labelNames) =>
        CreateCounter(name, help, labelNames, null);

    public Gauge CreateGauge(string name, string help, GaugeConfiguration? configuration = null) =>
        CreateGauge(name, help, configuration?.LabelNames ?? [], configuration);

    public Gauge CreateGauge(string name, string help, string[] labelNames, GaugeConfiguration? configuration = null) =>
        GetOrAdd(name, help, labelNames, configuration, definition => new Gauge(definition));

    public Gauge CreateGauge(string name, string help, params string[] labelNames) =>
        CreateGauge(name, help, labelNames, null);

    public Histogram CreateHistogram(string name, string help, HistogramConfiguration? configuration = null) =>
        CreateHistogram(name, help, configuration?.LabelNames ?? [], configuration);

    public Histogram CreateHistogram(string name, string help, string[] labelNames, HistogramConfiguration? configuration = null) =>
        GetOrAdd(name, help, labelNames, configuration, definition => new Histogram(definition, configuration?.Buckets));

    public Histogram CreateHistogram(string name, string help, params string[] labelNames) =>
        CreateHistogram(name, help, labelNames, null);

    public Summary CreateSummary(string name, string help, SummaryConfiguration? configuration = null) =>
        CreateSummary(name, help, configuration?.LabelNames ?? [], configuration);

    public Summary CreateSummary(string name, string help, string[] labelNames, SummaryConfiguration? configuration = null) =>
        GetOrAdd(name, help, labelNames, configuration, definition => new Summary(definition));

    public Summary CreateSummary(string name, string help, params string[] labelNames) =>
        CreateSummary(name, help, labelNames, null);

    public IMetricFactory WithLabels(IDictionary<string, string> labels) =>
        new MetricFactory(_registry, LabelSet.From(labels).Then(_factoryLabels));

    private TCollector GetOrAdd<TCollector>(
        string name, string help, string[] labelNames, MetricConfiguration? configuration, Func<CollectorDefinition, TCollector> create)
        where TCollector : Collector
    {
        var labels = _factoryLabels.Then(_registry.StaticLabelSet);
        var definition = new CollectorDefinition(name, help, labelNames, labels, configuration?.SuppressInitialValue ?? false);
        return _registry.GetOrAdd(definition, create);
    }
}
