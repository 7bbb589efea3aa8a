using System.Buffers;
using System.Runtime.CompilerServices;
using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

public partial class NatsConnection
{
    [ThreadStatic]
    private static NatsBufferWriter<byte>? t_payload;

    [ThreadStatic]
    private static byte[]? t_headers;

    private readonly bool _plainSerializers;

    public ValueTask PublishAsync(string subject, NatsHeaders? headers = null, string? replyTo = null, NatsPubOpts? opts = null, CancellationToken cancellationToken = default) =>
        PublishBytes(subject, headers, new ReplySubject(replyTo), default, default, cancellationToken);

    public ValueTask PublishAsync<T>(in NatsMsg<T> msg, INatsSerialize<T>? serializer = null, NatsPubOpts? opts = null, CancellationToken cancellationToken = default) =>
        PublishAsync(msg.Subject, msg.Data, msg.Headers, msg.ReplyTo, serializer, opts, cancellationToken);

    /// <summary>
    /// Writes the message into the send buffer, and is done with it; only where that is full because the server takes no more
    /// does it wait.
    /// </summary>
    public ValueTask PublishAsync<T>(string subject, T? data, NatsHeaders? headers = null, string? replyTo = null, INatsSerialize<T>? serializer = null, NatsPubOpts? opts = null, CancellationToken cancellationToken = default) =>
        Publish(subject, data, headers, new ReplySubject(replyTo), serializer, cancellationToken);

    private ValueTask Publish<T>(string subject, T? data, NatsHeaders? headers, ReplySubject reply, INatsSerialize<T>? serializer, CancellationToken cancellationToken)
    {
        if (serializer is null && _plainSerializers)
        {
            if (typeof(T) == typeof(ReadOnlyMemory<byte>))
            {
                var memory = Unsafe.As<T?, ReadOnlyMemory<byte>>(ref data);
                return PublishBytes(subject, headers, reply, memory.Span, memory, cancellationToken);
            }

            if (typeof(T) == typeof(NatsMemoryOwner<byte>))
            {
                using var owner = Unsafe.As<T?, NatsMemoryOwner<byte>>(ref data);
                return PublishBytes(subject, headers, reply, owner.Span, default, cancellationToken);
            }

            if (data is byte[] bytes)
                return PublishBytes(subject, headers, reply, bytes, bytes, cancellationToken);
        }

        return PublishSerialized(subject, data, headers, reply, serializer ?? Opts.SerializerRegistry.GetSerializer<T>(), cancellationToken);
    }

    /// <summary>Serializes into the thread's own buffer first: no foreign code runs while the send buffer is held.</summary>
    private ValueTask PublishSerialized<T>(string subject, T? data, NatsHeaders? headers, ReplySubject reply, INatsSerialize<T> serializer, CancellationToken cancellationToken)
    {
        var scratch = t_payload ?? new(256);
        t_payload = null;
        scratch.Clear();
        try
        {
            if (data is not null)
                serializer.Serialize(scratch, data);
            return PublishBytes(subject, headers, reply, scratch.WrittenSpan, default, cancellationToken);
        }
        catch (Exception e)
        {
            return ValueTask.FromException(e);
        }
        finally
        {
            if (scratch.Capacity <= CommandWriter.MaxGathered)
                t_payload = scratch;
            else
                scratch.Dispose();
        }
    }

    /// <param name="payload">The payload.</param>
    /// <param name="lasting">The same memory where it stays as it is until the publish is done; else it is copied if it has to wait.</param>
    private ValueTask PublishBytes(string subject, NatsHeaders? headers, ReplySubject reply, ReadOnlySpan<byte> payload, ReadOnlyMemory<byte> lasting, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        try
        {
            var block = headers is null ? default : WriteHeaders(headers);
            CheckLength(subject, block.Length + payload.Length);
            var outcome = _writer.TryPublish(subject, reply, block, payload, !Opts.SkipSubjectValidation);
            if (outcome == PublishOutcome.Taken)
                return default;
            var replyText = reply.Text ?? (reply.Bytes.IsEmpty ? null : System.Text.Encoding.UTF8.GetString(reply.Bytes));
            return PublishWhenPossibleAsync(
                outcome, subject, replyText, block.ToArray(), lasting.IsEmpty ? payload.ToArray() : lasting, cancellationToken);
        }
        catch (Exception e)
        {
            return ValueTask.FromException(e);
        }
    }

    private async ValueTask PublishWhenPossibleAsync(PublishOutcome outcome, string subject, string? reply, byte[] headers, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var start = Time.GetTimestamp();
        while (outcome != PublishOutcome.Taken)
        {
            var rest = Opts.CommandTimeout - Time.GetElapsedTime(start);
            if (outcome == PublishOutcome.Closed)
                await OpenForPublishingAsync(cancellationToken).ConfigureAwait(false);
            else if (rest <= TimeSpan.Zero || (outcome == PublishOutcome.PendingFull && !Opts.PublishTimeoutOnDisconnected))
                throw Refusal(outcome, subject);
            else
                await _writer.WaitForRoomAsync().WaitAsync(rest, Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            outcome = _writer.TryPublish(subject, new ReplySubject(reply), headers, payload.Span, !Opts.SkipSubjectValidation);
        }
    }

    /// <summary>Connects first; with <see cref="NatsOpts.RetryOnInitialConnect"/> publishes are kept from the first attempt on.</summary>
    private async Task OpenForPublishingAsync(CancellationToken cancellationToken)
    {
        var opened = StartConnecting();
        if (!Opts.RetryOnInitialConnect)
            await opened.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private NatsException Refusal(PublishOutcome outcome, string subject) => outcome == PublishOutcome.PendingFull
        ? new NatsException($"Disconnected, and {CommandWriter.MaxPending} bytes of publishes are already kept: the one to '{subject}' is refused.")
        : new NatsException($"The server took nothing for {Opts.CommandTimeout.TotalSeconds:0.###} s: the publish to '{subject}' is refused.");

    private void CheckLength(string subject, int length)
    {
        if (_info is { } info && length > info.MaxPayload)
            throw new NatsPayloadTooLargeException($"A message of {length} bytes to '{subject}' is longer than the server's max_payload of {info.MaxPayload}.");
    }

    private ReadOnlySpan<byte> WriteHeaders(NatsHeaders headers)
    {
        var length = HeaderBlock.Measure(headers, Opts.HeaderEncoding);
        if (t_headers is null || t_headers.Length < length)
            t_headers = new byte[Math.Max(256, length)];
        return t_headers.AsSpan(0, HeaderBlock.Write(headers, Opts.HeaderEncoding, t_headers));
    }
}
