using System.Globalization;
using System.Text.RegularExpressions;
using SignalStream.Gateway.WebSockets;

namespace SignalStream.Gateway.History;

/// <summary>Times and durations as a request writes them.</summary>
internal static partial class QueryText
{
    private const string TimeRule = "a time is as in RFC 3339 (2026-05-01T12:00:00Z), or so long ago (-90s, -15m, -24h, -2d), or now";

    /// <summary>A misspelt name is not silently without effect.</summary>
    public static string? Unknown(IQueryCollection query, IReadOnlyCollection<string> known) =>
        query.Keys.FirstOrDefault(key => !known.Contains(key, StringComparer.Ordinal)) is { } unknown
            ? $"{CommandError.Quote(unknown)}: {string.Join(", ", known)} are known."
            : query.Keys.FirstOrDefault(key => query[key].Count > 1) is { } repeated ? $"{repeated} is given {query[repeated].Count} times: once is enough." : null;

    public static string? ReadTime(IQueryCollection query, string name, DateTimeOffset now, out DateTimeOffset? time)
    {
        time = null;
        if (query[name].FirstOrDefault() is not { } text)
            return null;
        if (TryReadTime(text, now, out var read))
            time = read;
        return time is null ? $"{name}={CommandError.Quote(text)}: {TimeRule}." : null;
    }

    public static string? Disorder(DateTimeOffset? from, DateTimeOffset? to) =>
        from is { } start && to is { } end && start > end ? $"from is {Rfc3339(start)}, to {Rfc3339(end)}: from must not be after to." : null;

    /// <summary>A duration such as <c>90s</c>, <c>500ms</c> or <c>5m</c>.</summary>
    public static bool TryReadDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var match = Duration().Match(text);
        if (!match.Success || !double.TryParse(match.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        var seconds = number * match.Groups[2].Value switch
        {
            "ms" => 0.001,
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => 86_400,
        };
        if (seconds > 366 * 86_400)
            return false;
        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    public static string Shown(IQueryCollection query, string name) => CommandError.Quote(query[name].ToString());

    public static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private static bool TryReadTime(string text, DateTimeOffset now, out DateTimeOffset time)
    {
        time = now;
        if (text == "now")
            return true;
        if (text.StartsWith('-') && TryReadDuration(text[1..], out var ago))
        {
            time = now - ago;
            return true;
        }

        // In an address, + stands for a space.
        var match = Moment().Match(text.Replace(' ', '+'));
        return match.Success && DateTimeOffset.TryParse(
            match.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }

    [GeneratedRegex(@"^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$", RegexOptions.CultureInvariant)]
    private static partial Regex Moment();
}
