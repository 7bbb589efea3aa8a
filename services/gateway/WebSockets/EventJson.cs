using System.Text.Json;
using SignalStream.Messaging;

namespace SignalStream.Gateway.WebSockets;

/// <summary>What an event says, as one property of a JSON object: its kind's name, its fields.</summary>
internal static class EventJson
{
    public static void Write(Utf8JsonWriter json, SignalEvent happened)
    {
        switch (happened)
        {
            case BeatEvent beat:
                json.WriteStartObject("beat");
                Fields(json, beat);
                break;
            case HeartRateEvent rate:
                json.WriteStartObject("heartRate");
                Fields(json, rate);
                break;
            case ForecastEvent forecast:
                json.WriteStartObject("forecast");
                Fields(json, forecast);
                break;
            case GapEvent gap:
                json.WriteStartObject("gap");
                json.WriteNumber("missing", gap.Missing);
                json.WriteString("reason", gap.Reason);
                break;
            case AlertEvent alert:
                json.WriteStartObject("alert");
                Fields(json, alert);
                break;
            case SignalQualityEvent quality:
                json.WriteStartObject("signalQuality");
                Fields(json, quality);
                break;
            case HeartRateVariabilityEvent variability:
                json.WriteStartObject("heartRateVariability");
                Fields(json, variability);
                break;
            case LatencyStatisticsEvent statistics:
                json.WriteStartObject("latencyStatistics");
                LatencyJson.Fields(json, statistics);
                break;
            case AnomalyEvent anomaly:
                json.WriteStartObject("anomaly");
                LatencyJson.Fields(json, anomaly);
                break;
            case TargetStateEvent target:
                json.WriteStartObject("targetState");
                LatencyJson.Fields(json, target);
                break;
            case ProbeReadingEvent probe:
                json.WriteStartObject("probeReading");
                ReadingJson.Fields(json, probe.Reading);
                break;
            case SkipEvent skip:
                json.WriteStartObject("skip");
                json.WriteString("input", skip.Input);
                json.WriteString("reason", skip.Reason);
                break;
            case PriceOutlookEvent outlook:
                json.WriteStartObject("priceOutlook");
                MarketJson.Fields(json, outlook);
                break;
            case ModelRecordEvent record:
                json.WriteStartObject("modelRecord");
                MarketJson.Fields(json, record);
                break;
            default:
                return;
        }

        json.WriteEndObject();
    }

    private static void Fields(Utf8JsonWriter json, BeatEvent beat)
    {
        Field(json, "rrMs", beat.RrMs);
        Field(json, "amplitudeMv", beat.AmplitudeMv);
        Field(json, "qrsMs", beat.QrsMs);
        Field(json, "confidence", beat.Confidence);
        json.WriteString("class", ClassOf(beat.BeatKind));
        json.WriteNumber("lead", beat.Lead);
        if (beat.IsPoorSignal)
            json.WriteBoolean("poorSignal", true);
    }

    private static void Fields(Utf8JsonWriter json, HeartRateEvent rate)
    {
        Field(json, "bpm", rate.Bpm);
        Field(json, "instantaneousBpm", rate.InstantaneousBpm);
        json.WriteNumber("intervals", rate.Intervals);
        Field(json, "confidence", rate.Confidence);
        if (rate.Withheld is not null)
            json.WriteString("withheld", rate.Withheld);
    }

    private static void Fields(Utf8JsonWriter json, ForecastEvent forecast)
    {
        json.WriteString("target", forecast.Target);
        json.WriteString("unit", forecast.Unit);
        json.WriteNumber("steps", forecast.Steps);
        Field(json, "point", forecast.Point);
        json.WriteStartArray("intervals");
        foreach (var interval in forecast.Intervals)
        {
            json.WriteStartObject();
            Field(json, "level", interval.Level);
            Field(json, "low", interval.Low);
            Field(json, "high", interval.High);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Fields(Utf8JsonWriter json, AlertEvent alert)
    {
        json.WriteString("name", alert.Name);
        json.WriteString("state", WordOf(alert.State));
        json.WriteString("severity", WordOf(alert.Severity));
        json.WriteNumber("start", EventTime.Milliseconds(alert.StartNs));
        if (alert.EndNs is { } endNs)
            json.WriteNumber("end", EventTime.Milliseconds(endNs));
        json.WriteString("evidence", alert.Evidence);
        json.WriteString("fingerprint", alert.Fingerprint);
        Field(json, "value", alert.Value);
        Field(json, "limit", alert.Limit);
        json.WriteString("unit", alert.Unit);
        if (alert.Rule is not null)
            json.WriteString("rule", alert.Rule);
        if (alert.Title is not null)
            json.WriteString("title", alert.Title);
        if (alert.AcknowledgedBy is not null)
            json.WriteString("acknowledgedBy", alert.AcknowledgedBy);
    }

    private static void Fields(Utf8JsonWriter json, SignalQualityEvent quality)
    {
        Field(json, "index", quality.Index);
        json.WriteStartArray("leads");
        foreach (var lead in quality.Leads)
        {
            json.WriteStartObject();
            Field(json, "index", lead.Index);
            json.WriteBoolean("leadOff", lead.IsLeadOff);
            json.WriteBoolean("flat", lead.IsFlat);
            json.WriteBoolean("saturated", lead.IsSaturated);
            json.WriteBoolean("noise", lead.IsNoisy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Fields(Utf8JsonWriter json, HeartRateVariabilityEvent variability)
    {
        Field(json, "rmssdMs", variability.RmssdMs);
        Field(json, "sdnnMs", variability.SdnnMs);
        Field(json, "pnn50Percent", variability.Pnn50Percent);
        json.WriteNumber("nnCount", variability.NnCount);
        Field(json, "spanS", variability.SpanS);
        Field(json, "nnShare", variability.NnShare);
    }

    // The wire has floats: written as such, 0.8 stays 0.8. JSON knows no NaN and no infinity.
    private static void Field(Utf8JsonWriter json, string name, double value)
    {
        if (float.IsFinite((float)value))
            json.WriteNumber(name, (float)value);
        else
            json.WriteNull(name);
    }

    private static string ClassOf(BeatKind kind) => kind switch
    {
        BeatKind.Normal => "normal",
        BeatKind.VentricularLike => "ventricular_like",
        BeatKind.Paused => "paused",
        _ => "unknown",
    };

    public static string WordOf(AlertState state) => state switch
    {
        AlertState.Raised => "raised",
        AlertState.Cleared => "cleared",
        AlertState.Acknowledged => "acknowledged",
        _ => "unknown",
    };

    public static string WordOf(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Low => "low",
        AlertSeverity.Medium => "medium",
        AlertSeverity.High => "high",
        _ => "unknown",
    };
}
