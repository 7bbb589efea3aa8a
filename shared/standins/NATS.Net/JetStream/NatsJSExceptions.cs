using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

public class NatsJSException : NatsException
{
    public NatsJSException(string message)
        : base(message)
    {
    }

    public NatsJSException(string message, Exception exception)
        : base(message, exception)
    {
    }
}

/// <summary>The JetStream API refused; <see cref="Error"/> says why.</summary>
public class NatsJSApiException(ApiError error)
    : NatsJSException($"{error.Description ?? "JetStream API error"} (code {error.Code}, error {error.ErrCode})")
{
    public ApiError Error { get; } = error;
}

/// <summary>A message with this id is in the stream already.</summary>
public class NatsJSDuplicateMessageException(ulong sequence)
    : NatsJSException($"The message is a duplicate of sequence {sequence}.")
{
    public ulong Sequence { get; } = sequence;
}

/// <summary>No stream acknowledged a published message: whether it was stored is unknown.</summary>
public class NatsJSPublishNoResponseException : NatsJSException
{
    public static readonly NatsJSPublishNoResponseException Default = new();

    public NatsJSPublishNoResponseException()
        : base("No stream acknowledged the message.")
    {
    }
}
