using NATS.Client.Core;

namespace NATS.Client.JetStream.Consuming;

/// <summary>Pauses that grow from 50 ms to 1 s while nothing comes of what is tried.</summary>
internal sealed class BackOff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private TimeSpan _next = First;

    public Task PauseAsync(CancellationToken cancellationToken)
    {
        var pause = _next;
        _next = pause * 2 < Longest ? pause * 2 : Longest;
        return Task.Delay(pause, time, cancellationToken);
    }

    public void Reset() => _next = First;
}

/// <summary>Repeats a request to the API for as long as its failure may pass: a server that starts, a leader that moves.</summary>
internal static class Retry
{
    private const int ServiceUnavailable = 503;

    /// <remarks>At most <paramref name="attempts"/> times, without bound if that is −1.</remarks>
    public static async ValueTask<TResult> UntilAnsweredAsync<TResult>(
        Func<CancellationToken, ValueTask<TResult>> request, int attempts, TimeProvider time, CancellationToken cancellationToken)
    {
        var backOff = new BackOff(time);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await request(cancellationToken).ConfigureAwait(false);
            }
            catch (NatsException e) when (MayPass(e) && attempt != attempts)
            {
                await backOff.PauseAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The same, but null when it is cancelled: an enumeration then ends.</summary>
    public static async ValueTask<TResult?> UntilAnsweredOrCancelledAsync<TResult>(
        Func<CancellationToken, ValueTask<TResult>> request, int attempts, TimeProvider time, CancellationToken cancellationToken)
        where TResult : class
    {
        try
        {
            return await UntilAnsweredAsync(request, attempts, time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static bool MayPass(NatsException e) => e switch
    {
        NatsJSApiException api => api.Error.Code == ServiceUnavailable,
        NatsJSException => false,
        NatsConnectionFailedException => false,
        _ => true,
    };
}
