using System.Text.Json;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

/// <summary>Reads <c>{"stream":"S","seq":7}</c>, of which a busy publisher gets thousands a second, without detours.</summary>
internal static class PubAckReader
{
    // A publisher writes to few streams; one name that is not made anew spares most strings.
    private static string _lastStream = string.Empty;

    /// <returns>Null if it is no acknowledgement: another service may listen on the subject.</returns>
    public static PubAckResponse? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var ack = ReadObject(json);
            return ack is { Stream: null, Error: null } ? null : ack;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static PubAckResponse ReadObject(ReadOnlySpan<byte> json)
    {
        var ack = new PubAckResponse();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            ReadProperty(ref reader, ack);
        return ack;
    }

    private static void ReadProperty(ref Utf8JsonReader reader, PubAckResponse ack)
    {
        if (reader.ValueTextEquals("seq"u8) && reader.Read())
            ack.Seq = reader.GetUInt64();
        else if (reader.ValueTextEquals("stream"u8) && reader.Read())
            ack.Stream = StreamName(ref reader);
        else if (reader.ValueTextEquals("duplicate"u8) && reader.Read())
            ack.Duplicate = reader.GetBoolean();
        else if (reader.ValueTextEquals("domain"u8) && reader.Read())
            ack.Domain = reader.GetString();
        else if (reader.ValueTextEquals("error"u8) && reader.Read())
            ack.Error = JsonSerializer.Deserialize(ref reader, JSJson.Default.ApiError);
        else
            reader.Skip();
    }

    private static string? StreamName(ref Utf8JsonReader reader)
    {
        var last = _lastStream;
        if (last.Length > 0 && reader.ValueTextEquals(last))
            return last;
        return _lastStream = reader.GetString() ?? string.Empty;
    }
}
