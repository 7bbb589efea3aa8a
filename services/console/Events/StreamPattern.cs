using System.Text.RegularExpressions;

namespace SignalStream.Terminal.Events;

/// <summary>Streams that a user means: <c>ecg.bed-1</c>, <c>ecg.*</c>, <c>ecg.bed-*</c>, <c>*</c>.</summary>
internal sealed partial class StreamPattern
{
    private readonly Regex _names;

    private StreamPattern(string text)
    {
        Text = text;
        _names = new Regex("^" + Regex.Escape(text).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.CultureInvariant);
    }

    public string Text { get; }

    /// <summary>What one asks of a gateway, which knows names and <c>kind.*</c> alone; null for streams of all kinds.</summary>
    public string? Subscription => !Text.Contains('*', StringComparison.Ordinal) ? Text : KindOf() is { } kind ? kind + ".*" : null;

    /// <summary>Null when it is no pattern.</summary>
    public static StreamPattern? Parse(string text) => text == "*" || Form().IsMatch(text) ? new StreamPattern(text) : null;

    public bool Matches(string stream) => _names.IsMatch(stream);

    private string? KindOf() => Text.Split('.')[0] is var kind && kind.Contains('*', StringComparison.Ordinal) ? null : kind;

    [GeneratedRegex(@"^[A-Za-z0-9_*-]{1,64}\.[A-Za-z0-9_*-]{1,64}$")]
    private static partial Regex Form();
}
