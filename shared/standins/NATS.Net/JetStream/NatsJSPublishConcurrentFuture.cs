using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

/// <summary>The acknowledgement of a message that is on its way.</summary>
public readonly struct NatsJSPublishConcurrentFuture : IAsyncDisposable
{
    private readonly Task<PubAckResponse> _ack;

    internal NatsJSPublishConcurrentFuture(Task<PubAckResponse> ack) => _ack = ack;

    public async ValueTask<PubAckResponse> GetResponseAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _ack.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NatsNoRespondersException or NatsNoReplyException)
        {
            throw new NatsJSPublishNoResponseException();
        }
    }

    /// <summary>Nobody waits for it any more: what becomes of it is not an error that somebody failed to look at.</summary>
    public ValueTask DisposeAsync()
    {
        _ = _ack.ContinueWith(static ack => ack.Exception, TaskScheduler.Default);
        return ValueTask.CompletedTask;
    }
}
