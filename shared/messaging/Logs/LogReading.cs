using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace SignalStream.Messaging.Logs;

/// <summary>What all who follow a log do the same way.</summary>
internal static class LogReading
{
    /// <summary>Makes a consumer of a subject that begins at a place.</summary>
    /// <remarks>What was asked for when the connection broke is never answered: that is given up at once, not when its time is out.</remarks>
    /// <exception cref="NatsException">The connection broke meanwhile, or the log cannot be read.</exception>
    public static async Task<INatsJSConsumer> ConsumerAsync(
        this NatsJSContext jetStream, SignalType type, string subject, LogStart start, CancellationToken cancellationToken)
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var connection = jetStream.Connection;
        connection.ConnectionDisconnected += OnLost;
        try
        {
            var made = jetStream.CreateOrderedConsumerAsync(LogDefinitions.NameOf(type), start.From(subject), giveUp.Token).AsTask();
            if (await Task.WhenAny(made, lost.Task) == made)
                return await made;
            await giveUp.CancelAsync();
            await ((Task)made).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            throw new NatsException($"The connection broke while {LogDefinitions.NameOf(type)} was asked for {subject}.");
        }
        finally
        {
            connection.ConnectionDisconnected -= OnLost;
        }

        ValueTask OnLost(object? sender, NatsEventArgs? why)
        {
            lost.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }

    private static NatsJSOrderedConsumerOpts From(this LogStart start, string subject)
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
