namespace Prometheus;

/// <summary>What Prometheus allows as names, checked when a metric is made.</summary>
internal static class LabelRules
{
    public static void CheckMetricName(string name)
    {
        if (!IsName(name))
            throw new ArgumentException($"Metric name '{name}' must be of letters, digits and underscores, no digit first.");
    }

    public static void CheckLabelNames(IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (!IsName(name))
                throw new ArgumentException($"Label name '{name}' must be of letters, digits and underscores, no digit first.");
            if (name.StartsWith("__", StringComparison.Ordinal))
                throw new ArgumentException($"Label name '{name}' must not begin with two underscores: those are reserved.");
            if (!seen.Add(name))
                throw new InvalidOperationException($"Label name '{name}' occurs twice, counting static labels.");
        }
    }

    public static void CheckLabelValues(Collector collector, ReadOnlySpan<string> values)
    {
        if (values.Length != collector.LabelNames.Length)
            throw new ArgumentException(
                $"Metric '{collector.Name}' has {collector.LabelNames.Length} labels but was given {values.Length} values.");
        foreach (var value in values)
        {
            if (value is null)
                throw new ArgumentException($"A label value of metric '{collector.Name}' is null.");
        }
    }

    private static bool IsName(string? name) =>
        !string.IsNullOrEmpty(name)
        && !char.IsAsciiDigit(name[0])
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
}
