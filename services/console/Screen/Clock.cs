using System.Globalization;

namespace SignalStream.Terminal.Screen;

/// <summary>Times as text, in UTC.</summary>
internal static class Clock
{
    private const string Full = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <param name="ms">Since the Unix epoch.</param>
    public static string Text(double ms) => At(ms).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    public static string FullText(double ms) => At(ms).ToString(Full, CultureInfo.InvariantCulture);

    /// <summary>Null when it is not as <see cref="FullText"/> writes it.</summary>
    public static double? Parse(string text) =>
        DateTimeOffset.TryParseExact(text, Full, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? (time - DateTimeOffset.UnixEpoch).TotalMilliseconds
            : null;

    private static DateTimeOffset At(double ms) => DateTimeOffset.UnixEpoch.AddTicks((long)Math.Round(ms * 1000) * 10);
}
