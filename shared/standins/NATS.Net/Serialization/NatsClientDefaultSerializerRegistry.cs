using System.Buffers;
using System.Text.Json;
using NATS.Client.Core;

namespace NATS.Net;

/// <summary>Bytes, text and numbers as in <see cref="NatsDefaultSerializerRegistry"/>; everything else as JSON.</summary>
public class NatsClientDefaultSerializerRegistry : INatsSerializerRegistry
{
    public static readonly NatsClientDefaultSerializerRegistry Default = new();

    public INatsSerialize<T> GetSerializer<T>() => Chain<T>.Default;

    public INatsDeserialize<T> GetDeserializer<T>() => Chain<T>.Default;

    private static class Chain<T>
    {
        public static readonly INatsSerializer<T> Default =
            new NatsRawSerializer<T>(new NatsUtf8PrimitivesSerializer<T>(new JsonPayloadSerializer<T>()));
    }

    private sealed class JsonPayloadSerializer<T> : INatsSerializer<T>
    {
        public INatsSerializer<T> CombineWith(INatsSerializer<T> next) =>
            throw new NotSupportedException("JSON takes every type: there is nothing left for a next serializer.");

        public void Serialize(IBufferWriter<byte> bufferWriter, T? value)
        {
            using var json = new Utf8JsonWriter(bufferWriter);
            JsonSerializer.Serialize(json, value);
        }

        public T? Deserialize(in ReadOnlySequence<byte> buffer)
        {
            var json = new Utf8JsonReader(buffer);
            return JsonSerializer.Deserialize<T>(ref json);
        }
    }
}
