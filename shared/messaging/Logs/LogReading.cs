using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace SignalStream.Messaging.Logs;

/// <summary>What all who follow a log do the same way.</summary>
internal static class LogReading
{
    /// <summary>Some of these readers pause now and then, none for so long; one whose gateway has died should not burden the server for long.</summary>
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromSeconds(30);

    /// <summary>Makes a consumer of a subject that begins at a place.</summary>
    /// <remarks>
    /// What was asked for when the connection broke is never answered: that is given up at once, not when its time is out. While there
    /// is none nothing is asked for: it would be sent all the same when there is one again, long after whoever asked has left, and
    /// a server that has just come back would make a thousand consumers that nobody reads.
    /// </remarks>
    /// <exception cref="NatsException">The connection broke meanwhile, or the log cannot be read.</exception>
    public static async Task<INatsJSConsumer> ConsumerAsync(
        this NatsJSContext jetStream, SignalType type, string subject, LogStart start, CancellationToken cancellationToken)
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var connection = jetStream.Connection;
        await ConnectedAsync(connection, cancellationToken);
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

    private static async Task ConnectedAsync(INatsConnection connection, CancellationToken cancellationToken)
    {
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionOpened += OnOpened;
        try
        {
            if (connection.ConnectionState == NatsConnectionState.Reconnecting)
                await opened.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            connection.ConnectionOpened -= OnOpened;
        }

        ValueTask OnOpened(object? sender, NatsEventArgs? how)
        {
            opened.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }

    private static NatsJSOrderedConsumerOpts From(this LogStart start, string subject)
    {
        var options = new NatsJSOrderedConsumerOpts
        {
            FilterSubjects = [subject],
            DeliverPolicy = ConsumerConfigDeliverPolicy.All,
            InactiveThreshold = ForgottenAfter,
        };
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
