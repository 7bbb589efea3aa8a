using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace SignalStream.Messaging.Logs;

/// <summary>What all who follow a log do the same way.</summary>
internal static class LogReading
{
    /// <summary>A consumer of a subject that begins at a place.</summary>
    public static NatsJSOrderedConsumerOpts From(this LogStart start, string subject)
    {
        var options = new NatsJSOrderedConsumerOpts { FilterSubjects = [subject], DeliverPolicy = ConsumerConfigDeliverPolicy.All };
        return start switch
        {
            { After: > 0 } => options with { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = start.After + 1 },
            { Since: { } since } => options with { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartTime, OptStartTime = since },
            _ => options,
        };
    }

    /// <summary>The next one; false at the end, and when reading failed, which is told.</summary>
    public static async ValueTask<bool> MoveNextAsync<T>(
        this IAsyncEnumerator<T> messages, Action<Exception> interrupted, CancellationToken cancellationToken)
    {
        try
        {
            return await messages.MoveNextAsync();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException or OperationCanceledException)
        {
            interrupted(exception);
            return false;
        }
    }
}
