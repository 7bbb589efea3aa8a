using System.Text;

namespace Prometheus;

/// <summary>A metric: a name, its help, and a child for each set of label values.</summary>
public abstract class Collector : ICollector
{
    private readonly LabelSet _staticLabels;

    internal Collector(CollectorDefinition definition)
    {
        LabelRules.CheckMetricName(definition.Name);
        LabelRules.CheckLabelNames(definition.LabelNames.Concat(definition.StaticLabels.Pairs.Select(pair => pair.Key)));
        Name = definition.Name;
        Help = definition.Help ?? "";
        LabelNames = [.. definition.LabelNames];
        NameUtf8 = Encoding.UTF8.GetBytes(Name);
        _staticLabels = definition.StaticLabels;
    }

    public string Name { get; }

    public string Help { get; }

    public string[] LabelNames { get; }

    internal byte[] NameUtf8 { get; }

    internal abstract MetricType Type { get; }

    internal abstract void Write(ExpositionWriter writer);

    internal abstract void Remove(ChildBase child);

    internal bool HasLabels(CollectorDefinition definition) =>
        LabelNames.AsSpan().SequenceEqual(definition.LabelNames) && _staticLabels.Equals(definition.StaticLabels);

    /// <summary>The labels of one child as they are exported: its own first, then the static ones.</summary>
    internal byte[] FormatLabels(string[] labelValues) =>
        LabelSet.From(LabelNames, labelValues).Then(_staticLabels).ToUtf8();
}

/// <summary>A metric whose children are of one type. Looking a child up takes no lock and allocates nothing.</summary>
public abstract class Collector<TChild> : Collector, ICollector<TChild>
    where TChild : ChildBase
{
    private readonly LabelledChildren<TChild> _children = new();
    private readonly Func<string[], TChild> _newChild; // Kept, since a look-up must not allocate a delegate.
    private TChild? _unlabelled;

    internal Collector(CollectorDefinition definition)
        : base(definition) => _newChild = values => NewChild(values, publish: !definition.SuppressInitialValue);

    TChild ICollector<TChild>.Unlabelled => Unlabelled;

    protected internal TChild Unlabelled => _unlabelled ??= _children.GetOrAdd([], _newChild);

    public TChild Labels(params string[] labelValues) => WithLabels(labelValues);

    public TChild WithLabels(params string[] labelValues)
    {
        ArgumentNullException.ThrowIfNull(labelValues);
        return WithLabels(labelValues.AsSpan());
    }

    public TChild WithLabels(ReadOnlyMemory<string> labelValues) => WithLabels(labelValues.Span);

    public TChild WithLabels(ReadOnlySpan<string> labelValues)
    {
        LabelRules.CheckLabelValues(this, labelValues);
        return labelValues.IsEmpty ? Unlabelled : _children.GetOrAdd(labelValues, _newChild);
    }

    public void RemoveLabelled(params string[] labelValues)
    {
        ArgumentNullException.ThrowIfNull(labelValues);
        Remove(labelValues);
    }

    public IEnumerable<string[]> GetAllLabelValues() =>
        _children.InOrder.Where(child => child.LabelValues.Length != 0).Select(child => child.LabelValues.ToArray());

    internal override void Remove(ChildBase child) => Remove(child.LabelValues);

    internal override void Write(ExpositionWriter writer)
    {
        if (LabelNames.Length == 0)
            _ = Unlabelled; // A metric without labels shows its zero from the start.
        foreach (var child in _children.InOrder)
        {
            if (child.IsPublished)
                child.Write(writer);
        }
    }

    private protected abstract TChild NewChild(string[] labelValues, bool publish);

    private void Remove(string[] labelValues)
    {
        _children.Remove(labelValues);
        if (labelValues.Length == 0)
            _unlabelled = null;
    }
}
