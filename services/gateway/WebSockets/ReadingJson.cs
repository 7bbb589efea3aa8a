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
        Number(json, "open", bar.Open);
        Number(json, "high", bar.High);
        Number(json, "low", bar.Low);
        Number(json, "close", bar.Close);
        Number(json, "volume", bar.Volume);
        Number(json, "split", bar.Split);
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
        Number(json, "resolveMs", phases.ResolveMs);
        Number(json, "connectMs", phases.ConnectMs);
        Number(json, "tlsMs", phases.TlsMs);
        Number(json, "firstByteMs", phases.FirstByteMs);
        Number(json, "totalMs", phases.TotalMs);
        json.WriteNumber("status", phases.Status);
        json.WriteString("version", phases.Version);
        json.WriteEndObject();
    }

    private static void Known(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            json.WriteString(name, value);
    }

    // JSON knows no NaN and no infinity; prices are not checked when they are stored.
    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
