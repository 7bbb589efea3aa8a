using System.Runtime.CompilerServices;
using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.Contracts;

namespace SignalStream.Messaging.Logs;

/// <summary>Where reading a log begins.</summary>
/// <param name="After">Behind this sequence, if above 0.</param>
/// <param name="Since">Else with what was stored at this time or later; null: with the oldest there is.</param>
public readonly record struct LogStart(ulong After, DateTimeOffset? Since);

/// <summary>A message of a log, or only the word that there is none to come for now.</summary>
/// <param name="Sequence">In the log, rising; 0 when it is only the word that the log has none.</param>
/// <param name="Stored">When the server stored it.</param>
/// <param name="Pending">Messages of the same stream that were behind it in the log when it was sent.</param>
/// <param name="Bytes">As published; empty when it is only the word.</param>
public readonly record struct LoggedMessage(ulong Sequence, DateTimeOffset Stored, ulong Pending, ReadOnlyMemory<byte> Bytes);

/// <summary>Reads what a log has of one stream, from a place on, in the log's order, each message once.</summary>
public sealed class LogReplay(INatsConnection connection, TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    // Who is behind wants a consumer that is gone to be missed soon.
    private static readonly NatsJSConsumeOpts Attentive = new()
    {
        MaxMsgs = 1000,
        Expires = TimeSpan.FromSeconds(5),
        IdleHeartbeat = TimeSpan.FromSeconds(1),
    };

    private readonly NatsJSContext _jetStream = new(connection);

    /// <summary>Reads and never ends; a log that cannot be read is tried again.</summary>
    /// <param name="type">Whose log.</param>
    /// <param name="stream">Of which stream.</param>
    /// <param name="start">From where on.</param>
    /// <param name="interrupted">Told when reading failed and is tried again.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<LoggedMessage> ReadAsync(
        SignalType type, StreamId stream, LogStart start, Action<Exception> interrupted,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await using var messages = ConsumeAsync(type, stream, start, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await messages.MoveNextAsync(interrupted, cancellationToken))
            {
                if (messages.Current.Sequence > 0)
                    start = new LogStart(messages.Current.Sequence, null);
                yield return messages.Current;
            }

            await Task.Delay(RetryAfter, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async IAsyncEnumerable<LoggedMessage> ConsumeAsync(
        SignalType type, StreamId stream, LogStart start, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Alerts of a stream have several writers, a subject each, and servers before 2.10 take one filter: others' are passed over.
        var subject = type == SignalType.Alert ? Subjects.OfKindIn(type, stream) : Subjects.Of(type, stream);
        var consumer = await _jetStream.ConsumerAsync(type, subject, start, cancellationToken);
        if (consumer.Info.NumPending == 0)
            yield return default;
        await foreach (var message in consumer.ConsumeAsync<byte[]>(opts: Attentive, cancellationToken: cancellationToken))
        {
            if (message.Metadata is not { } place)
                continue;
            var isOurs = type != SignalType.Alert || (Subjects.TryParseStream(message.Subject, out var of) && of == stream);
            yield return new LoggedMessage(place.Sequence.Stream, place.Timestamp, place.NumPending, isOurs ? message.Data : default(ReadOnlyMemory<byte>));
        }
    }
}
