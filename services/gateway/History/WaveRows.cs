using System.Text.Json;
using SignalStream.Contracts;
using SignalStream.Gateway.Csv;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.History;

/// <summary>Frames of samples. As CSV a row a sample, a column a channel.</summary>
internal sealed class WaveRows(CatalogEntry? entry) : IHistoryRows
{
    private FrameHeader _header;
    private ReadOnlyMemory<byte> _frame;
    private ulong _sequence;

    public IEnumerable<string> Columns =>
        ["time", "epoch", "index", .. entry is { Channels.Count: > 0 } ? entry.Channels.Select(c => c.Name) : ["value"]];

    private int Channels => _header.Channels(_frame.Length);

    public bool TryRead(in LoggedMessage logged, out (long FirstNs, long LastNs) times)
    {
        times = default;
        if (FrameHeader.TryRead(logged.Bytes.Span, out _header) != FrameError.None || _header.Kind != FrameKind.Samples)
            return false;
        (_frame, _sequence) = (logged.Bytes, logged.Sequence);
        times = (_header.TimeNs, _header.TimeOf(_header.First + (ulong)_header.Count - 1));
        return true;
    }

    public void Write(Utf8JsonWriter json)
    {
        Place.Write(json, _header.TimeNs, _header.Epoch, _header.First, _sequence);
        json.WriteNumber("rateHz", _header.RateHz);
        json.WriteStartArray("values");
        var values = FrameHeader.Values(_frame.Span);
        for (var channel = 0; channel < Channels; channel++)
        {
            json.WriteStartArray();
            foreach (var value in values.Slice(channel * _header.Count, _header.Count))
            {
                // JSON knows no NaN and no infinity.
                if (float.IsFinite(value)) json.WriteNumberValue(value);
                else json.WriteNullValue();
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    public void Write(CsvRow row)
    {
        var values = FrameHeader.Values(_frame.Span);
        for (var i = 0; i < _header.Count; i++)
        {
            var place = _header.First + (ulong)i;
            row.Time(_header.TimeOf(place));
            row.Whole(_header.Epoch);
            row.Whole(place);
            for (var channel = 0; channel < Channels; channel++)
                row.Number(values[(channel * _header.Count) + i]);
            row.End();
        }
    }
}
