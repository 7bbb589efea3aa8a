using System.Diagnostics.CodeAnalysis;

namespace SignalStream.Contracts;

/// <summary>Names one signal of one source: <c>kind.id</c>, as in <c>ecg.bed-1</c>.</summary>
/// <param name="Kind">What it is, such as <c>ecg</c>: 1 to 64 of A-Z, a-z, 0-9, _ and -.</param>
/// <param name="Id">Which one it is; the same characters.</param>
public readonly record struct StreamId(string Kind, string Id)
{
    /// <summary>Longest kind or id, characters.</summary>
    public const int MaxTokenLength = 64;

    /// <summary>The rule for both tokens, for messages to people.</summary>
    public const string Rule = "<kind>.<id>, each 1 to 64 of A-Z, a-z, 0-9, _ and -";

    /// <summary>Reads <c>kind.id</c>.</summary>
    /// <exception cref="FormatException">The text does not follow <see cref="Rule"/>.</exception>
    public static StreamId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"\"{Shorten(text)}\" is no stream name: {Rule}.");

    /// <summary>Reads <c>kind.id</c>; false when the text does not follow <see cref="Rule"/>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out StreamId id)
    {
        id = default;
        if (text is null || text.Length > 2 * MaxTokenLength + 1)
            return false;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !IsToken(text.AsSpan(0, dot)) || !IsToken(text.AsSpan(dot + 1)))
            return false;
        id = new StreamId(text[..dot], text[(dot + 1)..]);
        return true;
    }

    /// <summary>Whether the text may be a kind or an id.</summary>
    public static bool IsToken(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxTokenLength)
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-'))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Kind}.{Id}";

    private static string Shorten(string? text) => text switch
    {
        null => "",
        { Length: > 80 } => text[..80] + "…",
        _ => text,
    };
}
