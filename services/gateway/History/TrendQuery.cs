using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using SignalStream.Contracts;

namespace SignalStream.Gateway.History;

/// <summary>Which trend of a network target is asked for.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="StepMs">Length of a column, whole milliseconds.</param>
/// <param name="IsOfFindings">From the windows of 10 s; else from the readings.</param>
internal sealed record TrendQuery(DateTimeOffset From, DateTimeOffset To, long StepMs, bool IsOfFindings)
{
    private const int UsualColumns = 300;
    private const int MostColumns = 5000;
    private const long ShortestMs = 100;
    private const long ShortestOfFindingsMs = 10_000;
    private const long LongestMs = 3_600_000;

    private static readonly TimeSpan s_usual = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_readingsUpTo = TimeSpan.FromHours(1);
    private static readonly string[] s_known = ["from", "to", "step", "source"];

    public static bool TryRead(
        IQueryCollection query, StreamId stream, DateTimeOffset now, [NotNullWhen(true)] out TrendQuery? read, [NotNullWhen(false)] out string? error)
    {
        read = null;
        var (from, to) = (default(DateTimeOffset?), default(DateTimeOffset?));
        error = stream.Kind == "net" ? QueryText.Unknown(query, s_known) : $"{stream} is no network target: trends are those of streams net.<id>.";
        error ??= QueryText.ReadTime(query, "from", now, out from);
        error ??= QueryText.ReadTime(query, "to", now, out to);
        var (start, end) = (from ?? (to ?? now) - s_usual, to ?? now);
        error ??= QueryText.Disorder(start, end);
        var isOfFindings = query["source"] == "findings" || (query["source"].Count == 0 && end - start > s_readingsUpTo);
        error ??= query["source"].FirstOrDefault() is null or "readings" or "findings"
            ? null
            : $"source={QueryText.Shown(query, "source")}: readings and findings are known.";
        error ??= ReadStep(query, end - start, isOfFindings, out var stepMs) is { } wrong ? wrong : Accept(out read, new TrendQuery(start, end, stepMs, isOfFindings));
        return read is not null;
    }

    private static string? Accept(out TrendQuery? read, TrendQuery query)
    {
        read = query;
        return null;
    }

    private static string? ReadStep(IQueryCollection query, TimeSpan length, bool isOfFindings, out long stepMs)
    {
        var least = isOfFindings ? ShortestOfFindingsMs : ShortestMs;
        stepMs = Math.Clamp((long)Math.Ceiling(length.TotalMilliseconds / UsualColumns), least, LongestMs);
        if (query["step"].FirstOrDefault() is { } text)
        {
            if (!QueryText.TryReadDuration(text, out var step) || step.TotalMilliseconds < least || step.TotalMilliseconds > LongestMs)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"step={QueryText.Shown(query, "step")}: it must be from {least} ms{(isOfFindings ? " (of findings)" : "")} to {LongestMs / 3_600_000} h, as in 500ms, 10s or 2m.");
            }

            stepMs = (long)step.TotalMilliseconds;
        }

        var columns = length.TotalMilliseconds / stepMs;
        return columns > MostColumns
            ? string.Create(CultureInfo.InvariantCulture, $"{columns:0} columns of {stepMs} ms: at most {MostColumns}.")
            : null;
    }
}
