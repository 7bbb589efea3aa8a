using System.Buffers;

namespace NATS.Client.Core;

/// <summary>Writes values of a type as payloads.</summary>
public interface INatsSerialize<in T>
{
    void Serialize(IBufferWriter<byte> bufferWriter, T? value);
}

/// <summary>Reads payloads as values of a type. The buffer is valid during the call only.</summary>
public interface INatsDeserialize<out T>
{
    T? Deserialize(in ReadOnlySequence<byte> buffer);
}

/// <summary>Both directions; what it does not know, the next one is asked.</summary>
public interface INatsSerializer<T> : INatsSerialize<T>, INatsDeserialize<T>
{
    INatsSerializer<T> CombineWith(INatsSerializer<T> next);
}

/// <summary>Finds the serializer of a type where a call names none.</summary>
public interface INatsSerializerRegistry
{
    INatsSerialize<T> GetSerializer<T>();

    INatsDeserialize<T> GetDeserializer<T>();
}

/// <summary>Bytes as they are, then text and numbers; anything else is refused.</summary>
public static class NatsDefaultSerializer<T>
{
    public static readonly INatsSerializer<T> Default = new NatsRawSerializer<T>(NatsUtf8PrimitivesSerializer<T>.Default);
}

/// <summary><see cref="NatsDefaultSerializer{T}"/> for every type.</summary>
public class NatsDefaultSerializerRegistry : INatsSerializerRegistry
{
    public static readonly NatsDefaultSerializerRegistry Default = new();

    public INatsSerialize<T> GetSerializer<T>() => NatsDefaultSerializer<T>.Default;

    public INatsDeserialize<T> GetDeserializer<T>() => NatsDefaultSerializer<T>.Default;
}
