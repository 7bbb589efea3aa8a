using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

/// <summary>Makes a typed message of a received one, on the reader's side and time, and gives its buffer back.</summary>
internal sealed class MessageDecoder<T>(NatsConnection connection, INatsDeserialize<T>? serializer)
{
    private readonly INatsDeserialize<T> _serializer = serializer ?? connection.Opts.SerializerRegistry.GetDeserializer<T>();
    private readonly bool _plainBytes = (serializer ?? connection.Opts.SerializerRegistry.GetDeserializer<T>()) is NatsRawSerializer<T>;
    private readonly Encoding _encoding = connection.Opts.HeaderEncoding;

    public NatsMsg<T> Decode(in RawMessage message, SubjectCache? subjects)
    {
        if (typeof(T) == typeof(NatsMemoryOwner<byte>) && _plainBytes && !message.HasHeaders)
            return Slice(message, subjects);

        var subject = Subject(message, subjects);
        var reply = Reply(message);
        NatsHeaders? headers = null;
        var flags = message.PayloadLength == 0 ? NatsMsgFlags.Empty : NatsMsgFlags.None;
        T? data = default;
        var slices = _plainBytes && typeof(T) == typeof(NatsMemoryOwner<byte>) && message.PayloadLength > 0;
        try
        {
            if (message.HasHeaders)
            {
                headers = HeaderBlock.Parse(message.Headers, _encoding);
                if (message.PayloadLength == 0 && headers.Code == 503)
                    flags |= NatsMsgFlags.NoResponders;
            }

            data = Data(message);
        }
        catch (Exception e)
        {
            headers ??= [];
            headers.Error = new NatsException($"A message on {subject} cannot be read as {typeof(T)}: {e.Message}", e);
        }

        var decoded = new NatsMsg<T>(subject, reply, message.Size, headers?.Seal(), data, connection, flags);
        if (!slices || headers?.Error is not null)
            message.Buffer.Release();
        return decoded;
    }

    /// <summary>The payload where it lies: nothing is copied, and the receiver gives the buffer back.</summary>
    private NatsMsg<T> Slice(in RawMessage message, SubjectCache? subjects)
    {
        var length = message.PayloadLength;
        var owner = length == 0 ? default : new NatsMemoryOwner<byte>(message.Buffer.Bytes, message.PayloadStart, length, message.Buffer);
        var decoded = new NatsMsg<T>(
            Subject(message, subjects),
            Reply(message),
            message.Size,
            null,
            Unsafe.As<NatsMemoryOwner<byte>, T>(ref owner),
            connection,
            length == 0 ? NatsMsgFlags.Empty : NatsMsgFlags.None);
        if (length == 0)
            message.Buffer.Release();
        return decoded;
    }

    private T? Data(in RawMessage message)
    {
        if (message.PayloadLength == 0)
            return default;
        if (_plainBytes && typeof(T) == typeof(NatsMemoryOwner<byte>))
        {
            var owner = new NatsMemoryOwner<byte>(message.Buffer.Bytes, message.PayloadStart, message.PayloadLength, message.Buffer);
            return Unsafe.As<NatsMemoryOwner<byte>, T>(ref owner);
        }

        if (_plainBytes && typeof(T) == typeof(byte[]))
            return (T)(object)message.Payload.ToArray();
        return _serializer.Deserialize(new ReadOnlySequence<byte>(message.Buffer.Bytes, message.PayloadStart, message.PayloadLength));
    }

    private static string Subject(in RawMessage message, SubjectCache? subjects) =>
        subjects?.Get(message.Subject) ?? Encoding.UTF8.GetString(message.Subject);

    private static string? Reply(in RawMessage message)
    {
        var reply = message.Reply;
        return reply.IsEmpty ? null : Encoding.UTF8.GetString(reply);
    }
}
