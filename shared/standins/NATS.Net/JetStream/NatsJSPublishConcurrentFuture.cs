using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

/// <summary>The acknowledgement of a message that is on its way.</summary>
public readonly struct NatsJSPublishConcurrentFuture : IAsyncDisposable
{
    private readonly PendingAck _ack;

    internal NatsJSPublishConcurrentFuture(PendingAck ack) => _ack = ack;

    public async ValueTask<PubAckResponse> GetResponseAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var ack = _ack.WaitAsync();
            return cancellationToken.CanBeCanceled
                ? await ack.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false)
                : await ack.ConfigureAwait(false);
        }
        catch (Exception e) when (e is NatsNoRespondersException or NatsNoReplyException)
        {
            throw new NatsJSPublishNoResponseException();
        }
    }

    /// <summary>Nobody waits for it any more.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
