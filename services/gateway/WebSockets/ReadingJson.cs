using System.Text.Json;
using SignalStream.Messaging;

namespace SignalStream.Gateway.WebSockets;

/// <summary>The fields of readings.</summary>
internal static class ReadingJson
{
    public static void Fields(Utf8JsonWriter json, ProbeReading reading)
    {
        json.WriteString("probe", WordOf(reading.Probe));
        json.WriteString("outcome", WordOf(reading.Outcome));
        // Without an answer there is no round trip, and 0 would be a splendid one.
        if (reading.Outcome == ProbeOutcome.Answered) json.WriteNumber("rttMs", reading.RttMs);
        else json.WriteNull("rttMs");
        json.WriteString("target", reading.Target);
        Known(json, "address", reading.Address);
        json.WriteString("region", reading.Region);
        json.WriteNumber("intervalMs", (float)reading.IntervalMs);
        json.WriteNumber("timeoutMs", (float)reading.TimeoutMs);
        json.WriteBoolean("simulated", reading.IsSimulated);
        Known(json, "error", reading.Error);
        if (reading.Phases is { } phases)
            Fields(json, phases);
    }

    public static void Fields(Utf8JsonWriter json, PriceReading bar)
    {
        json.Number("open", bar.Open);
        json.Number("high", bar.High);
        json.Number("low", bar.Low);
        json.Number("close", bar.Close);
        json.Number("volume", bar.Volume);
        json.Number("split", bar.Split);
        json.WriteNumber("intervalSeconds", (float)bar.IntervalSeconds);
        json.WriteString("currency", bar.Currency);
        json.WriteNumber("missing", bar.Missing);
        json.WriteBoolean("simulated", bar.IsSimulated);
    }

    public static string WordOf(ProbeKind probe) => probe switch
    {
        ProbeKind.Icmp => "icmp",
        ProbeKind.Tcp => "tcp",
        ProbeKind.Udp => "udp",
        ProbeKind.Http => "http",
        ProbeKind.Dns => "dns",
        ProbeKind.Simulated => "simulated",
        _ => "unknown",
    };

    public static string WordOf(ProbeOutcome outcome) => outcome switch
    {
        ProbeOutcome.Answered => "answered",
        ProbeOutcome.TimedOut => "timed_out",
        ProbeOutcome.Refused => "refused",
        ProbeOutcome.Unresolved => "unresolved",
        ProbeOutcome.Failed => "failed",
        _ => "unknown",
    };

    private static void Fields(Utf8JsonWriter json, ProbePhases phases)
    {
        json.WriteStartObject("phases");
        json.Number("resolveMs", phases.ResolveMs);
        json.Number("connectMs", phases.ConnectMs);
        json.Number("tlsMs", phases.TlsMs);
        json.Number("firstByteMs", phases.FirstByteMs);
        json.Number("totalMs", phases.TotalMs);
        json.WriteNumber("status", phases.Status);
        json.WriteString("version", phases.Version);
        json.WriteEndObject();
    }

    private static void Known(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            json.WriteString(name, value);
    }
}
