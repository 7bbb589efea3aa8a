using System.Collections.Concurrent;

namespace Prometheus;

/// <summary>The children of one metric by their label values, and in the order in which they were made.</summary>
internal sealed class LabelledChildren<TChild>
    where TChild : ChildBase
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string[], TChild> _byValues = new(LabelValuesComparer.Instance);
    private readonly ConcurrentDictionary<string[], TChild>.AlternateLookup<ReadOnlySpan<string>> _lookup;

    public LabelledChildren() => _lookup = _byValues.GetAlternateLookup<ReadOnlySpan<string>>();

    public TChild[] InOrder { get; private set; } = [];

    public TChild GetOrAdd(ReadOnlySpan<string> labelValues, Func<string[], TChild> create) =>
        _lookup.TryGetValue(labelValues, out var child) ? child : Add(labelValues.ToArray(), create);

    public void Remove(string[] labelValues)
    {
        lock (_gate)
        {
            if (_byValues.TryRemove(labelValues, out var removed))
                InOrder = [.. InOrder.Where(child => child != removed)];
        }
    }

    private TChild Add(string[] labelValues, Func<string[], TChild> create)
    {
        lock (_gate)
        {
            if (_byValues.TryGetValue(labelValues, out var existing))
                return existing;

            var added = create(labelValues);
            _byValues[labelValues] = added;
            InOrder = [.. InOrder, added];
            return added;
        }
    }
}

internal sealed class LabelValuesComparer
    : IEqualityComparer<string[]>, IAlternateEqualityComparer<ReadOnlySpan<string>, string[]>
{
    public static readonly LabelValuesComparer Instance = new();

    public bool Equals(string[]? x, string[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(string[] values) => GetHashCode(values.AsSpan());

    public bool Equals(ReadOnlySpan<string> alternate, string[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<string> alternate)
    {
        var hash = new HashCode();
        foreach (var value in alternate)
            hash.Add(value.GetHashCode(StringComparison.Ordinal));
        return hash.ToHashCode();
    }

    public string[] Create(ReadOnlySpan<string> alternate) => alternate.ToArray();
}
