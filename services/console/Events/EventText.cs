using System.Globalization;
using static System.FormattableString;

namespace SignalStream.Terminal.Events;

/// <summary>An event in words, on one line.</summary>
internal static class EventText
{
    public static string Of(StreamEvent e) => e.Kind switch
    {
        "heartRate" => e.Number("bpm") is { } bpm ? Invariant($"{bpm:0} bpm") : $"no rate: {e.Text("withheld") ?? "not known"}",
        "beat" => Join(Value(e, "rrMs", "RR", "0", "ms"), e.Text("class"), e.Is("poorSignal") ? "poor signal" : null),
        "signalQuality" => Join(Value(e, "index", "index", "0.00", ""), Leads(e)),
        "heartRateVariability" => Join(Value(e, "rmssdMs", "RMSSD", "0.0", "ms"), Value(e, "sdnnMs", "SDNN", "0.0", "ms")),
        "latencyStatistics" => Latency(e),
        "probeReading" => Join(Value(e, "rttMs", "", "0.00", "ms") ?? e.Text("outcome")?.Replace('_', ' '), e.Text("address"), e.Text("error")),
        "targetState" => Join(e.Text("state"), e.Text("reason")),
        "anomaly" => Join(
            $"{e.Text("form")} of {e.Text("metric")}{(e.Text("end") is null ? "" : ", over")}",
            Value(e, "value", "", "0.##", e.Text("unit") ?? ""), e.Text("reason")),
        "forecast" => Forecast(e),
        "priceOutlook" => Outlook(e),
        "modelRecord" => Join(e.Text("model"), e.Is("shown") ? "shown" : "not shown", Value(e, "horizons.0.outcomes", "outcomes", "0", "")),
        "alert" => Join(
            $"{e.Text("severity")} {e.Text("title") ?? e.Text("name")} {e.Text("state")}", e.Text("evidence")),
        "gap" or "missing" => Join(Value(e, "missing", "", "0", "missing"), e.Text("reason")),
        "skip" => Join("passed over an input", e.Text("reason")),
        _ => string.Join(", ", e.Fields.Take(6).Select(f => f.Name.Length == 1 ? f.Value : $"{f.Name} {f.Value}")),
    };

    private static string Latency(StreamEvent e) => Join(
        e.Number("windows.0.p50Ms") is { } p50 ? Invariant($"p50 {p50:0.0} ms") : null,
        Value(e, "windows.0.p95Ms", "p95", "0.0", "ms"), Value(e, "windows.0.p99Ms", "p99", "0.0", "ms"),
        e.Number("windows.0.readings") is > 0 and { } all ? Invariant($"loss {100 * (e.Number("windows.0.lost") ?? 0) / all:0.#} %") : null,
        e.Text("windows.0.class"));

    private static string Forecast(StreamEvent e) => Join(
        Invariant($"{e.Text("target")} in {e.Text("steps")}: {e.Number("point"):0.0} {e.Text("unit")}"), Interval(e, "intervals.", "0.0"));

    private static string Outlook(StreamEvent e) => Join(
        Invariant($"{e.Number("price"):0.00} {e.Text("currency")}"),
        e.Number("horizons.0.point") is { } next ? Invariant($"next {next:0.00}") : null,
        Interval(e, "horizons.0.intervals.", "0.00"),
        e.Text("trend"),
        e.Number("confidence") is { } sure ? Invariant($"confidence {100 * sure:0} %") : null,
        e.Is("simulated") ? "simulated" : null);

    /// <summary>The 80 % one, or else the first.</summary>
    private static string? Interval(StreamEvent e, string path, string format)
    {
        var best = -1;
        for (var i = 0; e.Number(Invariant($"{path}{i}.level")) is { } level; i++)
        {
            if (best < 0 || Math.Abs(level - 0.8) < 1e-6)
                best = i;
        }

        if (best < 0 || e.Number(Invariant($"{path}{best}.low")) is not { } low || e.Number(Invariant($"{path}{best}.high")) is not { } high)
            return null;
        var share = 100 * e.Number(Invariant($"{path}{best}.level"))!.Value;
        return $"{share.ToString("0", CultureInfo.InvariantCulture)} % in {low.ToString(format, CultureInfo.InvariantCulture)} to {high.ToString(format, CultureInfo.InvariantCulture)}";
    }

    private static string? Leads(StreamEvent e)
    {
        var flags = e.Fields.Where(f => f.Name.StartsWith("leads.", StringComparison.Ordinal) && f.Value == "true").Select(f => f.Name.Split('.'));
        var words = string.Join(", ", flags.Select(path => $"lead {path[1]} {path[^1]}"));
        return words.Length == 0 ? null : words;
    }

    private static string? Value(StreamEvent e, string name, string label, string format, string unit) =>
        e.Number(name) is { } value ? $"{label} {value.ToString(format, CultureInfo.InvariantCulture)} {unit}".Trim() : null;

    private static string Join(params ReadOnlySpan<string?> parts)
    {
        var words = new List<string>();
        foreach (var part in parts)
        {
            if (!string.IsNullOrWhiteSpace(part))
                words.Add(part);
        }

        return string.Join(", ", words);
    }
}
