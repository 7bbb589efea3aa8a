using SignalStream.Gateway.WebSockets;
using SignalStream.Messaging;

namespace SignalStream.Gateway.Csv;

/// <summary>Readings as cells of a row, in the order of their columns.</summary>
internal static class ReadingCsv
{
    public static IReadOnlyList<string> ProbeColumns { get; } =
    [
        "time", "epoch", "index", "probe", "outcome", "rtt_ms", "resolve_ms", "connect_ms", "tls_ms", "first_byte_ms", "total_ms", "status",
        "http_version", "target", "address", "region", "interval_ms", "timeout_ms", "simulated", "error",
    ];

    public static IReadOnlyList<string> PriceColumns { get; } =
        ["time", "epoch", "index", "open", "high", "low", "close", "volume", "split", "interval_s", "currency", "missing", "simulated"];

    public static void Cells(CsvRow row, ProbeReading reading)
    {
        var phases = reading.Phases;
        Place(row, reading.SentNs, reading.Epoch, reading.Index);
        row.Text(ReadingJson.WordOf(reading.Probe));
        row.Text(ReadingJson.WordOf(reading.Outcome));
        row.Number(reading.Outcome == ProbeOutcome.Answered ? reading.RttMs : null);
        row.Number(phases?.ResolveMs);
        row.Number(phases?.ConnectMs);
        row.Number(phases?.TlsMs);
        row.Number(phases?.FirstByteMs);
        row.Number(phases?.TotalMs);
        row.Number(phases is { Status: > 0 } ? phases.Status : null);
        row.Text(phases?.Version);
        row.Text(reading.Target);
        row.Text(reading.Address);
        row.Text(reading.Region);
        row.Number((float)reading.IntervalMs);
        row.Number((float)reading.TimeoutMs);
        row.Truth(reading.IsSimulated);
        row.Text(reading.Error);
    }

    public static void Cells(CsvRow row, PriceReading bar)
    {
        Place(row, bar.TimeNs, bar.Epoch, bar.Index);
        row.Number(bar.Open);
        row.Number(bar.High);
        row.Number(bar.Low);
        row.Number(bar.Close);
        row.Number(bar.Volume);
        row.Number(bar.Split);
        row.Number((float)bar.IntervalSeconds);
        row.Text(bar.Currency);
        row.Whole(bar.Missing);
        row.Truth(bar.IsSimulated);
    }

    private static void Place(CsvRow row, long timeNs, uint epoch, ulong index)
    {
        row.Time(timeNs);
        row.Whole(epoch);
        row.Whole(index);
    }
}
