namespace Prometheus;

/// <summary>What a metric is created from.</summary>
internal sealed record CollectorDefinition(
    string Name, string Help, string[] LabelNames, LabelSet StaticLabels, bool SuppressInitialValue);

/// <summary>All collectors of one name: same type, different label names or static labels.</summary>
internal sealed class CollectorFamily
{
    private Collector[] _collectors = [];

    /// <summary>Called under the registry's lock; <see cref="Write"/> may run at the same time.</summary>
    public TCollector GetOrAdd<TCollector>(CollectorDefinition definition, Func<CollectorDefinition, TCollector> create)
        where TCollector : Collector
    {
        foreach (var existing in _collectors)
        {
            if (existing is not TCollector collector)
                throw new InvalidOperationException(
                    $"Metric '{definition.Name}' exists as a {existing.Type}; a name has one type in a registry.");
            if (collector.HasLabels(definition))
                return collector;
        }

        var added = create(definition);
        _collectors = [.. _collectors, added];
        return added;
    }

    public void Write(ExpositionWriter writer)
    {
        var collectors = _collectors;
        writer.Family(collectors[0]);
        foreach (var collector in collectors)
            collector.Write(writer);
    }
}
