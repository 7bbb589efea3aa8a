using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Codec;

/// <summary>What an event says, for who reads single fields of it by name.</summary>
public sealed class EventBody
{
    private static readonly Dictionary<int, FieldDescriptor> Bodies =
        V1.Event.Descriptor.Oneofs.Single().Fields.ToDictionary(field => field.FieldNumber);

    private EventBody(FieldDescriptor body, IMessage message, long timeNs) => (Name, Message, TimeNs) = (body.Name, message, timeNs);

    /// <summary>Which body it is, such as <c>heart_rate</c>.</summary>
    public string Name { get; }

    /// <summary>The event's time, ns since the Unix epoch.</summary>
    public long TimeNs { get; }

    internal IMessage Message { get; }

    /// <summary>Reads a protobuf <c>Event</c>; false with the reason when it is none, or has no body that is known here.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EventBody? body, [NotNullWhen(false)] out string? error)
    {
        (body, error) = (null, null);
        try
        {
            var message = V1.Event.Parser.ParseFrom(bytes);
            if (Bodies.TryGetValue((int)message.BodyCase, out var field))
                body = new EventBody(field, (IMessage)field.Accessor.GetValue(message), message.TimeNs);
            else
                error = "an Event without a body that is known here.";
        }
        catch (InvalidProtocolBufferException exception)
        {
            error = $"{bytes.Length} bytes that are no Event: {exception.Message}";
        }

        return body is not null;
    }

    /// <summary>Which body an <c>Event</c> has, without reading it; null when that cannot be told.</summary>
    public static string? NameOf(ReadOnlySpan<byte> bytes) => Bodies.GetValueOrDefault(EventPeek.BodyOf(bytes))?.Name;
}
