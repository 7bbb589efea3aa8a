using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

/// <summary>The JSON of the JetStream API: snake case, durations in nanoseconds, absent for default.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    Converters =
    [
        typeof(NanosecondsConverter),
        typeof(SnakeCase<StreamConfigRetention>),
        typeof(SnakeCase<StreamConfigStorage>),
        typeof(SnakeCase<StreamConfigDiscard>),
        typeof(SnakeCase<StreamConfigCompression>),
        typeof(SnakeCase<ConsumerConfigDeliverPolicy>),
        typeof(SnakeCase<ConsumerConfigAckPolicy>),
        typeof(SnakeCase<ConsumerConfigReplayPolicy>),
    ])]
[JsonSerializable(typeof(EmptyRequest))]
[JsonSerializable(typeof(StreamConfig))]
[JsonSerializable(typeof(StreamInfo))]
[JsonSerializable(typeof(StreamInfoRequest))]
[JsonSerializable(typeof(StreamPurgeRequest))]
[JsonSerializable(typeof(StreamPurgeResponse))]
[JsonSerializable(typeof(StreamMsgDeleteRequest))]
[JsonSerializable(typeof(StreamMsgDeleteResponse))]
[JsonSerializable(typeof(StreamMsgGetRequest))]
[JsonSerializable(typeof(StreamMsgGetResponse))]
[JsonSerializable(typeof(ConsumerCreateRequest))]
[JsonSerializable(typeof(ConsumerInfo))]
[JsonSerializable(typeof(AccountInfoResponse))]
[JsonSerializable(typeof(PubAckResponse))]
[JsonSerializable(typeof(ApiError))]
[JsonSerializable(typeof(DeleteResponse))]
[JsonSerializable(typeof(PageRequest))]
[JsonSerializable(typeof(NamesPage))]
[JsonSerializable(typeof(StreamsPage))]
[JsonSerializable(typeof(ConsumersPage))]
[JsonSerializable(typeof(PullRequest))]
[JsonSerializable(typeof(NakOptions))]
internal sealed partial class JSJson : JsonSerializerContext
{
    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Info<T>());

    /// <exception cref="NatsJSApiException">The server answered with an error.</exception>
    /// <exception cref="NatsJSException">The answer is no JSON, or not of this kind.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json)
    {
        try
        {
            if (ReadError(json) is { } error)
                throw new NatsJSApiException(error);
            return JsonSerializer.Deserialize(json, Info<T>()) ?? throw new NatsJSException("The JetStream API answered null.");
        }
        catch (JsonException e)
        {
            throw new NatsJSException($"The JetStream API's answer is not a {typeof(T).Name}: {e.Message}", e);
        }
    }

    private static ApiError? ReadError(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("An object is expected.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isError = reader.ValueTextEquals("error"u8);
            reader.Read();
            if (isError)
                return JsonSerializer.Deserialize(ref reader, Default.ApiError);
            reader.Skip();
        }

        return null;
    }

    private static JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>?)Default.GetTypeInfo(typeof(T))
        ?? throw new NotSupportedException($"{typeof(T)} is not a type of the JetStream API.");
}

internal sealed class SnakeCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower)
    where T : struct, Enum;

internal sealed class NanosecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeSpan.FromTicks(reader.GetInt64() / TimeSpan.NanosecondsPerTick);

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Ticks * TimeSpan.NanosecondsPerTick);
}
