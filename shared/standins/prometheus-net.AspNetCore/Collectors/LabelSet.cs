using System.Text;

namespace Prometheus;

/// <summary>Label names with their values, in order.</summary>
internal sealed class LabelSet : IEquatable<LabelSet>
{
    public static readonly LabelSet Empty = new([]);

    private LabelSet(KeyValuePair<string, string>[] pairs) => Pairs = pairs;

    public KeyValuePair<string, string>[] Pairs { get; }

    public static LabelSet From(IDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        LabelRules.CheckLabelNames(labels.Keys);
        return new LabelSet([.. labels]);
    }

    /// <summary>The unlabelled child of a labelled metric has no values, and so no pairs.</summary>
    public static LabelSet From(string[] names, string[] values) =>
        new([.. names.Zip(values, (name, value) => KeyValuePair.Create(name, value))]);

    public LabelSet Then(LabelSet other) =>
        Pairs.Length == 0 ? other : other.Pairs.Length == 0 ? this : new LabelSet([.. Pairs, .. other.Pairs]);

    /// <summary>As exported, without the braces: <c>a="1",b="2"</c>.</summary>
    public byte[] ToUtf8() =>
        Encoding.UTF8.GetBytes(string.Join(',', Pairs.Select(pair => $"{pair.Key}=\"{Escape(pair.Value)}\"")));

    public bool Equals(LabelSet? other) => other is not null && Pairs.AsSpan().SequenceEqual(other.Pairs);

    public override bool Equals(object? obj) => Equals(obj as LabelSet);

    public override int GetHashCode() => Pairs.Length;

    private static string Escape(string value) => value
        .Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("\n", @"\n", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal);
}
