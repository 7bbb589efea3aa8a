using System.Globalization;

namespace SignalStream.Formats.Csv;

/// <summary>Times as CSV files have them.</summary>
public static class CsvTime
{
    /// <summary>Reads an ISO 8601 date or time (UTC unless it says otherwise), or a count of s, ms, µs or ns since the Unix epoch.</summary>
    /// <param name="text">Such as <c>2020-12-31</c>, <c>2015-09-01 11:25:00</c>, <c>2025-05-30T16:40:00Z</c>, <c>1748623200000</c>.</param>
    /// <param name="timeNs">ns since the Unix epoch.</param>
    public static bool TryParse(string text, out long timeNs)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count))
        {
            timeNs = count * UnitOf(Math.Abs(count));
            return true;
        }

        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;
        var isTime = DateTime.TryParse(text, CultureInfo.InvariantCulture, Styles, out var time);
        timeNs = isTime ? (time - DateTime.UnixEpoch).Ticks * 100 : 0;
        return isTime;
    }

    /// <summary>By its size, since no count is meant to lie before 1971 or beyond 5138.</summary>
    private static long UnitOf(long count) => count switch
    {
        < 100_000_000_000 => 1_000_000_000,
        < 100_000_000_000_000 => 1_000_000,
        < 100_000_000_000_000_000 => 1_000,
        _ => 1,
    };
}
