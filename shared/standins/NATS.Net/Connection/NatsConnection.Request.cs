using System.Runtime.CompilerServices;
using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

public partial class NatsConnection
{
    private readonly RequestInbox _inbox;
    private bool _inboxAdded;

    public ValueTask<NatsMsg<TReply>> RequestAsync<TReply>(string subject, INatsDeserialize<TReply>? replySerializer = null, NatsSubOpts? replyOpts = null, CancellationToken cancellationToken = default) =>
        RequestAsync<object, TReply>(subject, null, replySerializer: replySerializer, replyOpts: replyOpts, cancellationToken: cancellationToken);

    /// <exception cref="NatsNoRespondersException">Nobody is subscribed to the subject.</exception>
    /// <exception cref="NatsNoReplyException">No reply came in time.</exception>
    public ValueTask<NatsMsg<TReply>> RequestAsync<TRequest, TReply>(string subject, TRequest? data, NatsHeaders? headers = null, INatsSerialize<TRequest>? requestSerializer = null, INatsDeserialize<TReply>? replySerializer = null, NatsPubOpts? requestOpts = null, NatsSubOpts? replyOpts = null, CancellationToken cancellationToken = default)
    {
        var sending = SendRequestAsync(subject, data, headers, requestSerializer, replySerializer, replyOpts, cancellationToken);
        return sending.IsCompletedSuccessfully ? sending.Result : ReplyAsync(sending);

        static async ValueTask<NatsMsg<TReply>> ReplyAsync(ValueTask<ValueTask<NatsMsg<TReply>>> sending) =>
            await (await sending.ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>Returns once the request is on its way, with what waits for its reply.</summary>
    internal async ValueTask<ValueTask<NatsMsg<TReply>>> SendRequestAsync<TRequest, TReply>(string subject, TRequest? data, NatsHeaders? headers, INatsSerialize<TRequest>? requestSerializer, INatsDeserialize<TReply>? replySerializer, NatsSubOpts? replyOpts, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_inboxAdded || _state != NatsConnectionState.Open)
            await EnsureInboxAsync(cancellationToken).ConfigureAwait(false);

        var waiter = _inbox.Rent(replyOpts?.Timeout ?? Opts.RequestTimeout, cancellationToken);
        var reply = waiter.Reply;
        try
        {
            await PublishRequest(waiter, subject, data, headers, requestSerializer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            waiter.TryFail(e);
        }

        return ReceiveReplyAsync(reply, replySerializer, replyOpts);
    }

    /// <summary>Returns once the request is on its way; the receiver is told what becomes of it.</summary>
    internal async ValueTask SendRequestAsync<TRequest>(string subject, TRequest? data, NatsHeaders? headers, INatsSerialize<TRequest>? serializer, IReplyReceiver receiver, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_inboxAdded || _state != NatsConnectionState.Open)
            await EnsureInboxAsync(cancellationToken).ConfigureAwait(false);

        var waiter = _inbox.Rent(timeout ?? Opts.RequestTimeout, cancellationToken, receiver);
        try
        {
            await PublishRequest(waiter, subject, data, headers, serializer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            waiter.TryFail(e);
        }
        finally
        {
            waiter.Release();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<NatsMsg<TReply>> ReceiveReplyAsync<TReply>(ValueTask<RawMessage> reply, INatsDeserialize<TReply>? replySerializer, NatsSubOpts? replyOpts)
    {
        var message = new MessageDecoder<TReply>(this, replySerializer).Decode(await reply.ConfigureAwait(false), null);
        if (message.HasNoResponders && replyOpts?.ThrowIfNoResponders != false)
            throw new NatsNoRespondersException();
        return message;
    }

    /// <summary>All replies that come until the options' end: a time, a number, an empty message.</summary>
    public async IAsyncEnumerable<NatsMsg<TReply>> RequestManyAsync<TRequest, TReply>(string subject, TRequest? data, NatsHeaders? headers = null, INatsSerialize<TRequest>? requestSerializer = null, INatsDeserialize<TReply>? replySerializer = null, NatsPubOpts? requestOpts = null, NatsSubOpts? replyOpts = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        replyOpts ??= new();
        if (replyOpts is { Timeout: null, IdleTimeout: null, StartUpTimeout: null })
            replyOpts = replyOpts with { Timeout = Opts.RequestTimeout };
        replyOpts = replyOpts with { StopOnEmptyMsg = replyOpts.StopOnEmptyMsg ?? true, ThrowIfNoResponders = replyOpts.ThrowIfNoResponders ?? true };

        var inbox = NewInbox();
        await using var replies = await SubscribeCoreAsync(inbox, null, replySerializer, replyOpts, cancellationToken).ConfigureAwait(false);
        await PublishAsync(subject, data, headers, inbox, requestSerializer, requestOpts, cancellationToken).ConfigureAwait(false);
        while (await replies.Msgs.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (replies.Msgs.TryRead(out var reply))
                yield return reply;
        }
    }

    private ValueTask PublishRequest<TRequest>(ReplyWaiter waiter, string subject, TRequest? data, NatsHeaders? headers, INatsSerialize<TRequest>? serializer, CancellationToken cancellationToken)
    {
        Span<byte> reply = stackalloc byte[_inbox.MaxReplyLength];
        reply = reply[.._inbox.WriteReply(waiter, reply)];
        return Publish(subject, data, headers, new ReplySubject(reply), serializer, cancellationToken);
    }

    private async ValueTask EnsureInboxAsync(CancellationToken cancellationToken)
    {
        await EnsureOpenAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (_inboxAdded)
                return;
            Add(_inbox);
            _inboxAdded = true;
        }
    }
}
