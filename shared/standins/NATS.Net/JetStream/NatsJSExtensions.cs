using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

public static class NatsJSExtensions
{
    public static bool IsSuccess(this PubAckResponse ack) => ack is { Error: null, Duplicate: false };

    /// <exception cref="NatsJSApiException">The stream refused the message.</exception>
    /// <exception cref="NatsJSDuplicateMessageException">The stream has it already.</exception>
    public static void EnsureSuccess(this PubAckResponse ack)
    {
        ArgumentNullException.ThrowIfNull(ack);
        if (ack.Error is { } error)
            throw new NatsJSApiException(error);
        if (ack.Duplicate)
            throw new NatsJSDuplicateMessageException(ack.Seq);
    }

    public static ValueTask NakAsync<T>(this INatsJSMsg<T> msg, TimeSpan delay, CancellationToken cancellationToken = default) =>
        msg.NakAsync(new AckOpts { NakDelay = delay }, cancellationToken);

    public static ValueTask AckTerminateAsync<T>(this INatsJSMsg<T> msg, string reason, CancellationToken cancellationToken = default) =>
        msg.AckTerminateAsync(new AckOpts { TerminateReason = reason }, cancellationToken);
}
