using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using SignalStream.Contracts;
using SignalStream.Gateway.WebSockets;
using SignalStream.Messaging;

namespace SignalStream.Gateway.History;

/// <summary>What of a stream's log is asked for.</summary>
/// <param name="Type">Whose log.</param>
/// <param name="From">Nothing of before; null: the last ones.</param>
/// <param name="To">Nothing of later; null: up to now.</param>
/// <param name="Limit">At most so many.</param>
/// <param name="IsCsv">Else JSON.</param>
internal sealed record HistoryQuery(SignalType Type, DateTimeOffset? From, DateTimeOffset? To, int Limit, bool IsCsv)
{
    private const int UsualRows = 1000;
    private static readonly string[] s_known = ["type", "from", "to", "limit", "format"];

    /// <summary>Kinds that are told in readings; the others are waves.</summary>
    private static readonly string[] s_withReadings = ["net", "market"];

    public static bool TryRead(
        IQueryCollection query, StreamId stream, int mostRows, DateTimeOffset now,
        [NotNullWhen(true)] out HistoryQuery? read, [NotNullWhen(false)] out string? error)
    {
        read = null;
        error = QueryText.Unknown(query, s_known);
        var (type, from, to, limit) = (SignalType.Reading, default(DateTimeOffset?), default(DateTimeOffset?), default(int?));
        error ??= ReadType(query["type"], stream, out type);
        error ??= QueryText.ReadTime(query, "from", now, out from);
        error ??= QueryText.ReadTime(query, "to", now, out to);
        error ??= QueryText.Disorder(from, to ?? (from is null ? null : now));
        error ??= ReadLimit(query["limit"], mostRows, out limit);
        error ??= query["format"].FirstOrDefault() is null or "json" or "csv" ? null : $"format={QueryText.Shown(query, "format")}: json and csv are known.";
        if (error is not null)
            return false;
        // Who names a beginning wants all from there on; who does not, the last ones.
        read = new HistoryQuery(type, from, to, limit ?? (from is null ? Math.Min(UsualRows, mostRows) : mostRows), query["format"] == "csv");
        return true;
    }

    private static string? ReadType(string? text, StreamId stream, out SignalType type)
    {
        var hasReadings = s_withReadings.Contains(stream.Kind, StringComparer.Ordinal);
        type = hasReadings ? SignalType.Reading : SignalType.Wave;
        if (text is null)
            return null;
        if (!Subjects.TryParseType(text, out type))
            return $"type={CommandError.Quote(text)}: {string.Join(", ", Subjects.Types.Select(Subjects.Token))} are known.";
        return type == SignalType.Reading && !hasReadings
            ? $"type=reading: {stream} has none; streams of the kinds {string.Join(" and ", s_withReadings)} do."
            : null;
    }

    private static string? ReadLimit(string? text, int most, out int? limit)
    {
        limit = null;
        if (text is null)
            return null;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var read) || read < 1 || read > most)
            return string.Create(CultureInfo.InvariantCulture, $"limit={CommandError.Quote(text)}: it must be from 1 to {most}.");
        limit = read;
        return null;
    }
}
