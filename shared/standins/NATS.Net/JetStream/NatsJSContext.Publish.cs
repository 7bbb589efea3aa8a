using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Primitives;
using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

public partial class NatsJSContext
{
    public async ValueTask<PubAckResponse> PublishAsync<T>(string subject, T? data, INatsSerialize<T>? serializer = null, NatsJSPubOpts? opts = null, NatsHeaders? headers = null, CancellationToken cancellationToken = default)
    {
        var result = await TryPublishAsync(subject, data, serializer, opts, headers, cancellationToken).ConfigureAwait(false);
        return result.Success ? result.Value : throw result.Error;
    }

    public async ValueTask<NatsResult<PubAckResponse>> TryPublishAsync<T>(string subject, T? data, INatsSerialize<T>? serializer = null, NatsJSPubOpts? opts = null, NatsHeaders? headers = null, CancellationToken cancellationToken = default)
    {
        opts ??= NatsJSPubOpts.Default;
        headers = WithAssertions(headers, opts);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RequestAckAsync(subject, data, serializer, headers, cancellationToken).ConfigureAwait(false);
            }
            catch (NatsNoRespondersException) when (attempt < opts.RetryAttempts)
            {
                await Task.Delay(opts.RetryWaitBetweenAttempts, Connection.Opts.Time, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is NatsNoRespondersException or NatsNoReplyException)
            {
                return new NatsJSPublishNoResponseException();
            }
            catch (NatsException e)
            {
                return e;
            }
        }
    }

    /// <summary>
    /// Returns once the message is on its way, so that one call after the other stays in order; the future has the
    /// acknowledgement. There is no second attempt.
    /// </summary>
    public async ValueTask<NatsJSPublishConcurrentFuture> PublishConcurrentAsync<T>(string subject, T? data, INatsSerialize<T>? serializer = null, NatsJSPubOpts? opts = null, NatsHeaders? headers = null, CancellationToken cancellationToken = default)
    {
        headers = WithAssertions(headers, opts ?? NatsJSPubOpts.Default);
        var ack = new PendingAck(subject);
        if (Connection is NatsConnection connection)
            await connection.SendRequestAsync(subject, data, headers, serializer, ack, _replyOpts.Timeout, cancellationToken).ConfigureAwait(false);
        else
            ack.Follow(RequestAckAsync(subject, data, serializer, headers, cancellationToken));
        return new NatsJSPublishConcurrentFuture(ack);
    }

    private ValueTask<PubAckResponse> RequestAckAsync<T>(string subject, T? data, INatsSerialize<T>? serializer, NatsHeaders? headers, CancellationToken cancellationToken) =>
        AckAsync(RequestAsync(subject, data, serializer, headers, cancellationToken), subject);

    private ValueTask<NatsMsg<PubAckResponse>> RequestAsync<T>(string subject, T? data, INatsSerialize<T>? serializer, NatsHeaders? headers, CancellationToken cancellationToken) =>
        Connection.RequestAsync(
            subject, data, headers, serializer, PubAckDeserializer.Default, replyOpts: _replyOpts, cancellationToken: cancellationToken);

    private static async ValueTask<PubAckResponse> AckAsync(ValueTask<NatsMsg<PubAckResponse>> request, string subject)
    {
        var reply = await request.ConfigureAwait(false);
        reply.EnsureSuccess();
        return reply.Data ?? throw PendingAck.NoAck(subject);
    }

    // The caller's headers stay as they are: they may serve another publish.
    private static NatsHeaders? WithAssertions(NatsHeaders? headers, NatsJSPubOpts opts)
    {
        if (opts is { MsgId: null, ExpectedLastMsgId: null, ExpectedStream: null, ExpectedLastSequence: null, ExpectedLastSubjectSequence: null, ExpectedLastSubjectSequenceSubject: null })
            return headers;

        var all = new NatsHeaders();
        foreach (var (name, value) in headers ?? new NatsHeaders())
            all[name] = value;
        Set(all, "Nats-Msg-Id", opts.MsgId);
        Set(all, "Nats-Expected-Stream", opts.ExpectedStream);
        Set(all, "Nats-Expected-Last-Msg-Id", opts.ExpectedLastMsgId);
        Set(all, "Nats-Expected-Last-Sequence", opts.ExpectedLastSequence?.ToString(CultureInfo.InvariantCulture));
        Set(all, "Nats-Expected-Last-Subject-Sequence", opts.ExpectedLastSubjectSequence?.ToString(CultureInfo.InvariantCulture));
        Set(all, "Nats-Expected-Last-Subject-Sequence-Subject", opts.ExpectedLastSubjectSequenceSubject);
        return all;
    }

    private static void Set(NatsHeaders headers, string name, string? value)
    {
        if (value is not null)
            headers[name] = new StringValues(value);
    }

    private sealed class PubAckDeserializer : INatsDeserialize<PubAckResponse>
    {
        public static readonly PubAckDeserializer Default = new();

        public PubAckResponse? Deserialize(in ReadOnlySequence<byte> buffer) =>
            PubAckReader.Read(buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray());
    }
}
