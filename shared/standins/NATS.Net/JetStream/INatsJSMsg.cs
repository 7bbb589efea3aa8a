using NATS.Client.Core;

namespace NATS.Client.JetStream;

/// <summary>A message of a stream.</summary>
public interface INatsJSMsg<out T> : INatsMsg
{
    string Subject { get; }

    int Size { get; }

    T? Data { get; }

    INatsConnection? Connection { get; }

    /// <summary>Sequences, time and so on; read from the reply subject when asked for.</summary>
    NatsJSMsgMetadata? Metadata { get; }

    string? ReplyTo { get; }

    NatsException? Error { get; }

    void EnsureSuccess();

    ValueTask AckAsync(AckOpts? opts = null, CancellationToken cancellationToken = default);

    /// <summary>Refuses it for now: it is delivered again.</summary>
    ValueTask NakAsync(AckOpts? opts = null, CancellationToken cancellationToken = default);

    /// <summary>Asks for more time before it is delivered again.</summary>
    ValueTask AckProgressAsync(AckOpts? opts = null, CancellationToken cancellationToken = default);

    /// <summary>Refuses it for good.</summary>
    ValueTask AckTerminateAsync(AckOpts? opts = null, CancellationToken cancellationToken = default);
}

/// <summary>What the server tells of a message; pending are those to be delivered after this one when it was sent.</summary>
public readonly record struct NatsJSMsgMetadata(
    NatsJSSequencePair Sequence,
    ulong NumDelivered,
    ulong NumPending,
    DateTimeOffset Timestamp,
    string Stream,
    string Consumer,
    string Domain);

/// <summary>The place in the stream, for ever, and the number of the delivery by this consumer, without gaps.</summary>
public readonly record struct NatsJSSequencePair(ulong Stream, ulong Consumer);
