using System.Runtime.CompilerServices;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.Messaging.Codec;

namespace SignalStream.Messaging.Logs;

/// <summary>An event with its place in the log.</summary>
/// <param name="Sequence">In the log, rising.</param>
/// <param name="Stored">When the server stored it.</param>
/// <param name="Event">What it says.</param>
/// <param name="Bytes">The protobuf <c>Event</c> as it was stored.</param>
public readonly record struct LoggedEvent(ulong Sequence, DateTimeOffset Stored, SignalEvent Event, ReadOnlyMemory<byte> Bytes);

/// <summary>Reads findings, forecasts and alerts in the log's order, each once.</summary>
public sealed class EventLog(INatsConnection connection, TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // A viewer notices a heart rate that stands still for five seconds: a consumer that is gone must be missed before.
    private static readonly NatsJSConsumeOpts Attentive = new()
    {
        Expires = TimeSpan.FromSeconds(10),
        IdleHeartbeat = TimeSpan.FromSeconds(1.5),
    };

    private readonly NatsJSContext _jetStream = new(connection);

    /// <summary>Reads from a moment on and never ends; a log that cannot be read is tried again.</summary>
    /// <param name="type">Whose log.</param>
    /// <param name="kind">Of the streams, such as <c>ecg</c>; null for all.</param>
    /// <param name="since">Nothing that was stored before.</param>
    /// <param name="rejected">Told the subject and the reason for a message that is no event.</param>
    /// <param name="interrupted">Told when reading failed and is tried again.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IAsyncEnumerable<LoggedEvent> ReadAsync(
        SignalType type,
        string? kind,
        DateTimeOffset since,
        Action<string, string> rejected,
        Action<Exception> interrupted,
        CancellationToken cancellationToken) => ReadAsync(type, kind, since, 0, rejected, interrupted, cancellationToken);

    /// <summary>Reads everything behind a sequence and never ends; a log that cannot be read is tried again.</summary>
    /// <param name="type">Whose log.</param>
    /// <param name="after">The last message that is known.</param>
    /// <param name="rejected">Told the subject and the reason for a message that is no event.</param>
    /// <param name="interrupted">Told when reading failed and is tried again.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IAsyncEnumerable<LoggedEvent> ReadAfterAsync(
        SignalType type, ulong after, Action<string, string> rejected, Action<Exception> interrupted, CancellationToken cancellationToken) =>
        ReadAsync(type, null, DateTimeOffset.UnixEpoch, after, rejected, interrupted, cancellationToken);

    private async IAsyncEnumerable<LoggedEvent> ReadAsync(
        SignalType type,
        string? kind,
        DateTimeOffset since,
        ulong last,
        Action<string, string> rejected,
        Action<Exception> interrupted,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await using var messages = ConsumeAsync(type, kind, since, last, cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            while (await MoveNextAsync(messages, interrupted))
            {
                var message = messages.Current;
                if (message.Metadata is not { } place || message.Subject.StartsWith(Subjects.AllControl(type)[..^1], StringComparison.Ordinal))
                    continue;
                last = place.Sequence.Stream;
                if (EventCodec.TryDecode(message.Data, out var decoded, out var error))
                    yield return new LoggedEvent(last, place.Timestamp, decoded, message.Data);
                else
                    rejected(message.Subject, error);
            }

            await Task.Delay(RetryAfter, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async IAsyncEnumerable<INatsJSMsg<byte[]>> ConsumeAsync(
        SignalType type, string? kind, DateTimeOffset since, ulong last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var subject = kind is null ? Subjects.All(type) : Subjects.OfKind(type, kind);
        var options = new NatsJSOrderedConsumerOpts { FilterSubjects = [subject] };
        options = last == 0
            ? options with { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartTime, OptStartTime = since }
            : options with { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = last + 1 };
        var consumer = await _jetStream.CreateOrderedConsumerAsync(LogDefinitions.NameOf(type), options, cancellationToken);
        await foreach (var message in consumer.ConsumeAsync<byte[]>(opts: Attentive, cancellationToken: cancellationToken))
            yield return message;
    }

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<INatsJSMsg<byte[]>> messages, Action<Exception> interrupted)
    {
        try
        {
            return await messages.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (NatsException exception)
        {
            interrupted(exception);
            return false;
        }
    }
}
