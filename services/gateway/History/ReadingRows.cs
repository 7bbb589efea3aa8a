using System.Text.Json;
using SignalStream.Gateway.Csv;
using SignalStream.Gateway.WebSockets;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.History;

/// <summary>Readings of a network target.</summary>
internal sealed class ProbeRows : IHistoryRows
{
    private ProbeReading? _reading;
    private ulong _sequence;

    public IEnumerable<string> Columns => [.. ReadingCsv.ProbeColumns, "sequence"];

    public bool TryRead(in LoggedMessage logged, out (long FirstNs, long LastNs) times)
    {
        times = default;
        if (!ReadingCodec.TryDecode(logged.Bytes.Span, out _reading, out _))
            return false;
        (times, _sequence) = ((_reading.SentNs, _reading.SentNs), logged.Sequence);
        return true;
    }

    public void Write(Utf8JsonWriter json)
    {
        Place.Write(json, _reading!.SentNs, _reading.Epoch, _reading.Index, _sequence);
        ReadingJson.Fields(json, _reading);
    }

    public void Write(CsvRow row)
    {
        ReadingCsv.Cells(row, _reading!);
        row.Whole(_sequence);
        row.End();
    }
}

/// <summary>Bars of a market.</summary>
internal sealed class PriceRows : IHistoryRows
{
    private PriceReading? _bar;
    private ulong _sequence;

    public IEnumerable<string> Columns => [.. ReadingCsv.PriceColumns, "sequence"];

    public bool TryRead(in LoggedMessage logged, out (long FirstNs, long LastNs) times)
    {
        times = default;
        if (!PriceCodec.TryDecode(logged.Bytes.Span, out _bar, out _))
            return false;
        (times, _sequence) = ((_bar.TimeNs, _bar.TimeNs), logged.Sequence);
        return true;
    }

    public void Write(Utf8JsonWriter json)
    {
        Place.Write(json, _bar!.TimeNs, _bar.Epoch, _bar.Index, _sequence);
        ReadingJson.Fields(json, _bar);
    }

    public void Write(CsvRow row)
    {
        ReadingCsv.Cells(row, _bar!);
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
