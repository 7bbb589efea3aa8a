using System.Text.Json;
using SignalStream.Messaging;

namespace SignalStream.Gateway.WebSockets;

/// <summary>The fields of a network target's events.</summary>
internal static class LatencyJson
{
    public static void Fields(Utf8JsonWriter json, LatencyStatisticsEvent statistics)
    {
        json.WriteStartArray("windows");
        foreach (var window in statistics.Windows)
        {
            json.WriteStartObject();
            json.WriteNumber("seconds", window.Seconds);
            json.WriteNumber("readings", window.Readings);
            json.WriteNumber("lost", window.Lost);
            json.WriteNumber("p50Ms", (float)window.P50Ms);
            json.WriteNumber("p95Ms", (float)window.P95Ms);
            json.WriteNumber("p99Ms", (float)window.P99Ms);
            json.WriteNumber("minMs", (float)window.MinMs);
            json.WriteNumber("maxMs", (float)window.MaxMs);
            json.WriteNumber("jitterMs", (float)window.JitterMs);
            json.WriteNumber("meanDifferenceMs", (float)window.MeanDifferenceMs);
            json.WriteNumber("stutters", window.Stutters);
            json.WriteNumber("mos", (float)window.Mos);
            json.WriteString("class", WordOf(window.Quality));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("state", WordOf(statistics.Health));
        if (statistics.HealthSinceNs != 0)
            json.WriteNumber("stateSince", EventTime.Milliseconds(statistics.HealthSinceNs));
    }

    public static void Fields(Utf8JsonWriter json, AnomalyEvent anomaly)
    {
        json.WriteString("metric", anomaly.Metric);
        json.WriteString("form", anomaly.Form);
        json.WriteNumber("start", EventTime.Milliseconds(anomaly.StartNs));
        if (anomaly.EndNs is { } endNs)
            json.WriteNumber("end", EventTime.Milliseconds(endNs));
        json.WriteNumber("score", (float)anomaly.Score);
        json.WriteNumber("value", anomaly.Value);
        json.WriteNumber("usual", anomaly.Usual);
        json.WriteNumber("spread", anomaly.Spread);
        json.WriteString("unit", anomaly.Unit);
        json.WriteString("reason", anomaly.Reason);
        if (anomaly.IsLearned)
            json.WriteBoolean("learned", true);
    }

    public static void Fields(Utf8JsonWriter json, TargetStateEvent state)
    {
        json.WriteString("state", WordOf(state.Health));
        json.WriteString("before", WordOf(state.Before));
        json.WriteNumber("since", EventTime.Milliseconds(state.SinceNs));
        json.WriteString("reason", state.Reason);
    }

    private static string WordOf(LineQuality quality) => quality switch
    {
        LineQuality.Great => "great",
        LineQuality.Good => "good",
        LineQuality.Fair => "fair",
        LineQuality.Poor => "poor",
        LineQuality.Bad => "bad",
        _ => "unknown",
    };

    private static string WordOf(TargetHealth health) => health switch
    {
        TargetHealth.Up => "up",
        TargetHealth.Degraded => "degraded",
        TargetHealth.Down => "down",
        _ => "unknown",
    };
}
