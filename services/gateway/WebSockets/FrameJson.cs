using System.Buffers;
using System.Text.Json;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay;
using SignalStream.Messaging;

namespace SignalStream.Gateway.WebSockets;

/// <summary>Frames as JSON text, for a viewer that asked with <c>?format=json</c>. One a viewer: the buffer is reused.</summary>
internal sealed class FrameJson : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;

    public FrameJson() => _json = new Utf8JsonWriter(_buffer);

    /// <summary>Valid until the next call.</summary>
    public ReadOnlyMemory<byte> Write(ViewerStream stream, SharedFrame frame)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        WriteBody(stream.Topic, frame);
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenMemory;
    }

    public void Dispose() => _json.Dispose();

    private void WriteBody(StreamTopic topic, SharedFrame frame)
    {
        var header = frame.Header;
        _json.WriteString("type", TypeOf(header.Kind));
        _json.WriteString("stream", topic.Stream.ToString());
        _json.WriteNumber("topic", header.Topic);
        _json.WriteNumber("epoch", header.Epoch);
        if (frame.Event is { } happened)
        {
            _json.WriteNumber("index", happened.Place.Index);
            _json.WriteNumber("time", EventTime.Milliseconds(header.TimeNs));
            _json.WriteString("log", Subjects.Token(happened.Type));
            _json.WriteNumber("sequence", header.First);
            EventJson.Write(_json, happened);
            return;
        }

        _json.WriteNumber("first", header.First);
        _json.WriteNumber("time", EventTime.Milliseconds(header.TimeNs));
        if (header.Kind == FrameKind.Gap)
        {
            _json.WriteNumber("missing", frame.Covers);
            _json.WriteNumber("reason", frame.Bytes.Span[^1]);
            return;
        }

        _json.WriteNumber("rateHz", header.RateHz);
        if (header.Kind == FrameKind.Envelope)
            _json.WriteNumber("scale", header.Scale);
        WriteValues(header.Channels(frame.Length), FrameHeader.Values(frame.Bytes.Span));
    }

    private static string TypeOf(FrameKind kind) => kind switch
    {
        FrameKind.Event => "event",
        FrameKind.Gap => "gap",
        FrameKind.Envelope => "envelope",
        _ => "samples",
    };

    private void WriteValues(int channels, ReadOnlySpan<float> values)
    {
        _json.WriteStartArray("values");
        var each = values.Length / channels;
        for (var channel = 0; channel < channels; channel++)
        {
            _json.WriteStartArray();
            foreach (var value in values.Slice(channel * each, each))
                WriteNumber(value);
            _json.WriteEndArray();
        }

        _json.WriteEndArray();
    }

    // JSON knows no NaN and no infinity.
    private void WriteNumber(float value)
    {
        if (float.IsFinite(value))
            _json.WriteNumberValue(value);
        else
            _json.WriteNullValue();
    }
}
