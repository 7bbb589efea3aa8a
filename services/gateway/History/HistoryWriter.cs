using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using SignalStream.Contracts;
using SignalStream.Gateway.Csv;
using SignalStream.Messaging;

namespace SignalStream.Gateway.History;

/// <summary>The answer's text, piece by piece.</summary>
internal sealed class HistoryWriter : IDisposable
{
    // It is no part of a page: letters stay as they are.
    private static readonly JsonWriterOptions s_text = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly IHistoryRows _rows;
    private readonly Utf8JsonWriter? _json;
    private readonly CsvRow? _csv;

    public HistoryWriter(IBufferWriter<byte> output, IHistoryRows rows, bool isCsv)
    {
        _rows = rows;
        if (isCsv) _csv = new CsvRow(output);
        else _json = new Utf8JsonWriter(output, s_text);
    }

    public void Begin(StreamId stream, SignalType type)
    {
        _csv?.Header(_rows.Columns);
        if (_json is not { } json)
            return;
        json.WriteStartObject();
        json.WriteString("stream", stream.ToString());
        json.WriteString("type", Subjects.Token(type));
        json.WriteStartArray("items");
    }

    /// <summary>What the rows have read last.</summary>
    public void Row()
    {
        if (_csv is not null)
            _rows.Write(_csv);
        if (_json is not { } json)
            return;
        json.WriteStartObject();
        _rows.Write(json);
        json.WriteEndObject();
    }

    /// <summary>Puts what is written into the output.</summary>
    public void Flush() => _json?.Flush();

    /// <param name="next">Time of the first one that was left out; null when all are there.</param>
    public void End(DateTimeOffset? next)
    {
        if (_json is not { } json)
            return;
        json.WriteEndArray();
        if (next is { } left)
            json.WriteString("next", QueryText.Rfc3339(left));
        json.WriteEndObject();
        json.Flush();
    }

    public void Dispose() => _json?.Dispose();
}
