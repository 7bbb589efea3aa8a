using System.Runtime.CompilerServices;
using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.Contracts;

namespace SignalStream.Messaging.Logs;

/// <summary>Every reading of every stream, in the log's order, from a place on and for ever.</summary>
public sealed class ReadingTail(INatsConnection connection, TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private static readonly NatsJSConsumeOpts Attentive = new()
    {
        MaxMsgs = 2000,
        Expires = TimeSpan.FromSeconds(10),
        IdleHeartbeat = TimeSpan.FromSeconds(2),
    };

    private readonly NatsJSContext _jetStream = new(connection);

    /// <summary>Where to go on behind a reading that was read once: behind its sequence, or, where the log has been made anew since, at its time.</summary>
    /// <exception cref="NatsException">The log cannot be asked.</exception>
    public async Task<LogStart> BehindAsync(ulong sequence, DateTimeOffset stored, CancellationToken cancellationToken)
    {
        var log = await _jetStream.GetStreamAsync(LogDefinitions.NameOf(SignalType.Reading), cancellationToken: cancellationToken);
        return log.Info.State.LastSeq >= sequence && log.Info.Created <= stored ? new LogStart(sequence, null) : new LogStart(0, stored);
    }

    /// <summary>Reads and never ends; a log that cannot be read is tried again.</summary>
    /// <param name="start">From where on.</param>
    /// <param name="interrupted">Told when reading failed and is tried again.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<(StreamId Stream, LoggedMessage Message)> ReadAsync(
        LogStart start, Action<Exception> interrupted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await using var messages = ConsumeAsync(start, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await messages.MoveNextAsync(interrupted, cancellationToken))
            {
                if (messages.Current.Metadata is not { } place || !Subjects.TryParseStream(messages.Current.Subject, out var stream))
                    continue;
                start = new LogStart(place.Sequence.Stream, null);
                yield return (stream, new LoggedMessage(place.Sequence.Stream, place.Timestamp, place.NumPending, messages.Current.Data));
            }

            await Task.Delay(RetryAfter, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async IAsyncEnumerable<INatsJSMsg<byte[]>> ConsumeAsync(LogStart start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var consumer = await _jetStream.ConsumerAsync(SignalType.Reading, Subjects.All(SignalType.Reading), start, cancellationToken);
        await foreach (var message in consumer.ConsumeAsync<byte[]>(opts: Attentive, cancellationToken: cancellationToken))
            yield return message;
    }
}
