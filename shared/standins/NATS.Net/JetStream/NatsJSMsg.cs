using System.Text;
using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

/// <summary>A delivered message; the names are the consumer's, so that reading the metadata makes no strings.</summary>
internal sealed class NatsJSMsg<T>(NatsMsg<T> msg, NatsJSContext context, ConsumerInfo consumer) : INatsJSMsg<T>
{
    private static readonly byte[] Ack = "+ACK"u8.ToArray();
    private static readonly byte[] Nak = "-NAK"u8.ToArray();
    private static readonly byte[] Progress = "+WPI"u8.ToArray();
    private static readonly byte[] Terminate = "+TERM"u8.ToArray();

    public string Subject => msg.Subject;

    public int Size => msg.Size;

    public NatsHeaders? Headers => msg.Headers;

    public T? Data => msg.Data;

    public INatsConnection? Connection => msg.Connection;

    public string? ReplyTo => msg.ReplyTo;

    public NatsException? Error => msg.Error;

    public NatsJSMsgMetadata? Metadata =>
        AckSubject.TryParse(msg.ReplyTo, out var ack) ? ack.ToMetadata(consumer.StreamName, consumer.Name) : null;

    public void EnsureSuccess() => msg.EnsureSuccess();

    public ValueTask AckAsync(AckOpts? opts = null, CancellationToken cancellationToken = default) =>
        SendAsync(Ack, opts, cancellationToken);

    public ValueTask NakAsync(AckOpts? opts = null, CancellationToken cancellationToken = default) =>
        SendAsync(
            opts?.NakDelay is { } delay ? [.. Nak, (byte)' ', .. JSJson.Write(new NakOptions(delay))] : Nak,
            opts,
            cancellationToken);

    public ValueTask AckProgressAsync(AckOpts? opts = null, CancellationToken cancellationToken = default) =>
        SendAsync(Progress, opts, cancellationToken);

    public ValueTask AckTerminateAsync(AckOpts? opts = null, CancellationToken cancellationToken = default) =>
        SendAsync(
            opts?.TerminateReason is { } reason ? [.. Terminate, (byte)' ', .. Encoding.UTF8.GetBytes(reason)] : Terminate,
            opts,
            cancellationToken);

    private ValueTask SendAsync(byte[] word, AckOpts? opts, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(ReplyTo))
            throw new NatsJSException("The message cannot be acknowledged: it has no reply subject.");
        return opts?.DoubleAck ?? context.Opts.DoubleAck
            ? ConfirmedAsync(word, cancellationToken)
            : context.Connection.PublishAsync(ReplyTo, word, serializer: NatsRawSerializer<byte[]>.Default, cancellationToken: cancellationToken);
    }

    private async ValueTask ConfirmedAsync(byte[] word, CancellationToken cancellationToken) =>
        await context.Connection.RequestAsync(
            ReplyTo!,
            word,
            requestSerializer: NatsRawSerializer<byte[]>.Default,
            replySerializer: NatsRawSerializer<byte[]>.Default,
            replyOpts: new NatsSubOpts { Timeout = context.Opts.RequestTimeout },
            cancellationToken: cancellationToken).ConfigureAwait(false);
}
