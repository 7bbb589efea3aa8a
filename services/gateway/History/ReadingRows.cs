using System.Text.Json;
using SignalStream.Gateway.Csv;
using SignalStream.Gateway.WebSockets;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.History;

/// <summary>What a kind's readings are read from, and what is said of each.</summary>
/// <param name="Columns">Of CSV, but for the sequence.</param>
/// <param name="Decode">Null: it breaks a rule.</param>
/// <param name="Place">Event time, epoch and number.</param>
/// <param name="Fields">As JSON.</param>
/// <param name="Cells">As CSV.</param>
internal sealed record ReadingForm<T>(
    IReadOnlyList<string> Columns, Func<ReadOnlyMemory<byte>, T?> Decode, Func<T, (long TimeNs, uint Epoch, ulong Index)> Place,
    Action<Utf8JsonWriter, T> Fields, Action<CsvRow, T> Cells)
    where T : class;

internal static class ReadingForms
{
    /// <summary>Readings of a network target.</summary>
    public static ReadingForm<ProbeReading> Probe { get; } = new(
        ReadingCsv.ProbeColumns, bytes => ReadingCodec.TryDecode(bytes.Span, out var reading, out _) ? reading : null,
        reading => (reading.SentNs, reading.Epoch, reading.Index), ReadingJson.Fields, ReadingCsv.Cells);

    /// <summary>Bars of a market.</summary>
    public static ReadingForm<PriceReading> Price { get; } = new(
        ReadingCsv.PriceColumns, bytes => PriceCodec.TryDecode(bytes.Span, out var bar, out _) ? bar : null,
        bar => (bar.TimeNs, bar.Epoch, bar.Index), ReadingJson.Fields, ReadingCsv.Cells);
}

/// <summary>Readings of one kind.</summary>
internal sealed class ReadingRows<T>(ReadingForm<T> form) : IHistoryRows
    where T : class
{
    private T? _reading;
    private ulong _sequence;

    public IEnumerable<string> Columns => [.. form.Columns, "sequence"];

    public bool TryRead(in LoggedMessage logged, out (long FirstNs, long LastNs) times)
    {
        times = default;
        _reading = form.Decode(logged.Bytes);
        if (_reading is null)
            return false;
        var (timeNs, _, _) = form.Place(_reading);
        (times, _sequence) = ((timeNs, timeNs), logged.Sequence);
        return true;
    }

    public void Write(Utf8JsonWriter json)
    {
        var (timeNs, epoch, index) = form.Place(_reading!);
        Place.Write(json, timeNs, epoch, index, _sequence);
        form.Fields(json, _reading!);
    }

    public void Write(CsvRow row)
    {
        form.Cells(row, _reading!);
        row.Whole(_sequence);
        row.End();
    }
}

/// <summary>What all rows begin with.</summary>
internal static class Place
{
    public static void Write(Utf8JsonWriter json, long timeNs, uint epoch, ulong index, ulong sequence)
    {
        json.WriteNumber("time", EventTime.Milliseconds(timeNs));
        json.WriteNumber("epoch", epoch);
        json.WriteNumber("index", index);
        json.WriteNumber("sequence", sequence);
    }
}
