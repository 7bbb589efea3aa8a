using System.Buffers;
using System.Globalization;
using System.Text.Json;
using SignalStream.Gateway.Csv;
using SignalStream.Gateway.WebSockets;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.History;

/// <summary>Findings, forecasts and alerts. As CSV a row a field, since each kind has fields of its own.</summary>
internal sealed class EventRows : IHistoryRows
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private SignalEvent? _event;
    private ulong _sequence;

    public IEnumerable<string> Columns => ["time", "epoch", "index", "sequence", "kind", "field", "value"];

    public bool TryRead(in LoggedMessage logged, out (long FirstNs, long LastNs) times)
    {
        times = default;
        if (!EventCodec.TryDecode(logged.Bytes.Span, out _event, out _))
            return false;
        (times, _sequence) = ((_event.Place.TimeNs, _event.Place.TimeNs), logged.Sequence);
        return true;
    }

    public void Write(Utf8JsonWriter json)
    {
        var place = _event!.Place;
        Place.Write(json, place.TimeNs, place.Epoch, place.Index, _sequence);
        EventJson.Write(json, _event);
    }

    public void Write(CsvRow row)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer))
        {
            json.WriteStartObject();
            EventJson.Write(json, _event!);
            json.WriteEndObject();
        }

        using var written = JsonDocument.Parse(_buffer.WrittenMemory);
        foreach (var kind in written.RootElement.EnumerateObject())
            Fields(row, kind.Name, "", kind.Value);
    }

    /// <summary>Nested fields get the way to them as a name: <c>windows.0.p50Ms</c>.</summary>
    private void Fields(CsvRow row, string kind, string way, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var field in value.EnumerateObject())
                    Fields(row, kind, Join(way, field.Name), field.Value);
                break;
            case JsonValueKind.Array:
                foreach (var (i, item) in value.EnumerateArray().Index())
                    Fields(row, kind, Join(way, i.ToString(CultureInfo.InvariantCulture)), item);
                break;
            default:
                Cells(row, kind, way, value);
                break;
        }
    }

    private void Cells(CsvRow row, string kind, string field, JsonElement value)
    {
        var place = _event!.Place;
        row.Time(place.TimeNs);
        row.Whole(place.Epoch);
        row.Whole(place.Index);
        row.Whole(_sequence);
        row.Text(kind);
        row.Text(field);
        row.Text(value.ToString());
        row.End();
    }

    private static string Join(string way, string name) => way.Length == 0 ? name : $"{way}.{name}";
}
