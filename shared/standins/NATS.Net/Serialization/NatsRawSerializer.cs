using System.Buffers;

namespace NATS.Client.Core;

/// <summary>Passes bytes through, in any of the shapes that .NET has for them.</summary>
public class NatsRawSerializer<T>(INatsSerializer<T>? next = null) : INatsSerializer<T>
{
    public static readonly NatsRawSerializer<T> Default = new();

    public INatsSerializer<T> CombineWith(INatsSerializer<T>? next) => new NatsRawSerializer<T>(next);

    /// <remarks>A memory owner is disposed once its bytes are written.</remarks>
    public void Serialize(IBufferWriter<byte> bufferWriter, T? value)
    {
        switch (value)
        {
            case byte[] bytes:
                bufferWriter.Write(bytes);
                break;
            case Memory<byte> memory:
                bufferWriter.Write(memory.Span);
                break;
            case ReadOnlyMemory<byte> memory:
                bufferWriter.Write(memory.Span);
                break;
            case ReadOnlySequence<byte> sequence:
                foreach (var part in sequence)
                    bufferWriter.Write(part.Span);
                break;
            case IMemoryOwner<byte> owner:
                using (owner)
                    bufferWriter.Write(owner.Memory.Span);
                break;
            default:
                SerializeByNext(bufferWriter, value);
                break;
        }
    }

    public T? Deserialize(in ReadOnlySequence<byte> buffer)
    {
        if (typeof(T) == typeof(byte[]))
            return (T)(object)buffer.ToArray();
        if (typeof(T) == typeof(Memory<byte>))
            return (T)(object)new Memory<byte>(buffer.ToArray());
        if (typeof(T) == typeof(ReadOnlyMemory<byte>))
            return (T)(object)new ReadOnlyMemory<byte>(buffer.ToArray());
        if (typeof(T) == typeof(ReadOnlySequence<byte>))
            return (T)(object)new ReadOnlySequence<byte>(buffer.ToArray());
        if (typeof(T) == typeof(IMemoryOwner<byte>) || typeof(T) == typeof(NatsMemoryOwner<byte>))
            return (T)(object)Rent(buffer);
        if (next is not null)
            return next.Deserialize(buffer);
        throw new NatsException($"Can't deserialize {typeof(T)}.");
    }

    private static NatsMemoryOwner<byte> Rent(in ReadOnlySequence<byte> buffer)
    {
        var owner = NatsMemoryOwner<byte>.Allocate((int)buffer.Length);
        buffer.CopyTo(owner.Span);
        return owner;
    }

    private void SerializeByNext(IBufferWriter<byte> bufferWriter, T? value)
    {
        if (next is not null)
            next.Serialize(bufferWriter, value);
        else if (value is not null)
            throw new NatsException($"Can't serialize {typeof(T)}.");
    }
}
