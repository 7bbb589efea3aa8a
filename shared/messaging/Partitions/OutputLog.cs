using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.Contracts;
using SignalStream.Messaging.Logs;

namespace SignalStream.Messaging.Partitions;

/// <summary>Somebody else's message where an output was to stand.</summary>
/// <param name="Subject">On which.</param>
/// <param name="Id">Its message id; null when it has none.</param>
/// <param name="Sequence">Where.</param>
internal sealed record ForeignOutput(string Subject, string? Id, ulong Sequence);

/// <summary>What became of an attempt to store an output.</summary>
internal enum StoreOutcome
{
    /// <summary>The log has it.</summary>
    Stored,

    /// <summary>Not known: to be tried again.</summary>
    Unknown,

    /// <summary>Nothing stands on the subject any more, by age: to be tried again from the beginning.</summary>
    Emptied,

    /// <summary>What stands there is older than anything this owner knows of: to be tried again behind it.</summary>
    Older,

    /// <summary>
    /// The last message that was known is not there, and what is there is older: the log lost its end, as a power failure can do to
    /// what was not synced to disk. To be tried again behind what it has.
    /// </summary>
    Shrunk,

    /// <summary>Something else stands in its place: another owner is ahead.</summary>
    Fenced,
}

/// <summary>The output log as the fence sees it: stores a message in one place only, and reads what stands there.</summary>
/// <remarks>
/// The expected last subject sequence is the fence and knows no time; the message id saves work within the duplicate window. When
/// either says no, what stands behind the last known sequence decides: the own id there counts as stored.
/// </remarks>
internal sealed class OutputLog(INatsConnection connection, SignalType type, string? lane)
{
    private const int WrongLastSequence = 10071;
    private const string MessageId = "Nats-Msg-Id";

    /// <summary>More outputs behind a checkpoint than that are read by a consumer, which costs as much as some ten of them.</summary>
    private const int MostSingle = 16;

    private static readonly NatsJSConsumeOpts Attentive = new() { Expires = TimeSpan.FromSeconds(10), IdleHeartbeat = TimeSpan.FromSeconds(1) };

    private readonly NatsJSContext _jetStream = EngineContext.Of(connection);
    private readonly LogLookup _lookup = new(connection, LogDefinitions.NameOf(type));
    private readonly string _name = LogDefinitions.NameOf(type);

    /// <summary>Where a stream's outputs stand.</summary>
    public string SubjectOf(StreamId stream) => Subjects.InLane(type, stream, lane);

    /// <summary>Stores a message behind the last known one of its subject.</summary>
    /// <param name="subject">Of one stream.</param>
    /// <param name="id">The message id.</param>
    /// <param name="bytes">The message.</param>
    /// <param name="lastSequence">Of the last known message there; 0: none is known.</param>
    /// <param name="floor">Messages up to here are from before a stream that nothing was known of, and are no sign of another owner.</param>
    /// <param name="met">Told what stands in its place when that is not its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(StoreOutcome Outcome, ulong Sequence)> StoreAsync(
        string subject, string id, byte[] bytes, ulong lastSequence, ulong floor, Action<ForeignOutput> met, CancellationToken cancellationToken)
    {
        var options = new NatsJSPubOpts { MsgId = id, ExpectedLastSubjectSequence = lastSequence, RetryAttempts = 1 };
        try
        {
            var answer = await _jetStream.PublishAsync(subject, bytes, opts: options, cancellationToken: cancellationToken);
            if (answer is { Error: null, Duplicate: false })
                return (StoreOutcome.Stored, answer.Seq);
            if (answer.Duplicate || answer.Error?.ErrCode == WrongLastSequence)
                return await LookBehindAsync(subject, id, lastSequence, floor, met, cancellationToken);
            return (StoreOutcome.Unknown, 0);
        }
        catch (Exception exception) when (IsPassing(exception, cancellationToken))
        {
            return (StoreOutcome.Unknown, 0);
        }
    }

    /// <summary>Outputs of a partition behind a sequence, with their ids, in order; the id is empty where there is none.</summary>
    /// <remarks>
    /// Mostly a few: they are asked for one by one, since who takes over from a dead replica asks for all of its partitions at once,
    /// and a consumer each keeps the server busy.
    /// </remarks>
    public async Task<List<(StreamId Stream, string Id, ulong Sequence)>> ReadBehindAsync(
        int partition, ulong sequence, CancellationToken cancellationToken)
    {
        var subject = Subjects.OfPartition(type, partition, lane);
        var found = new List<(StreamId, string, ulong)>();
        for (var i = 0; i < MostSingle; i++)
        {
            if (await _lookup.FindNextAsync(subject, sequence + 1, cancellationToken) is not { } next)
                return found;
            if (Subjects.TryParseStream(next.Subject, out var stream))
                found.Add((stream, LogLookup.IdOf(next) ?? "", next.Seq));
            sequence = next.Seq;
        }

        found.AddRange(await ReadManyBehindAsync(subject, sequence, cancellationToken));
        return found;
    }

    private async Task<List<(StreamId Stream, string Id, ulong Sequence)>> ReadManyBehindAsync(
        string subject, ulong sequence, CancellationToken cancellationToken)
    {
        var options = new NatsJSOrderedConsumerOpts
        {
            FilterSubjects = [subject],
            DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence,
            OptStartSeq = sequence + 1,
            HeadersOnly = true,
            InactiveThreshold = TimeSpan.FromSeconds(30),
        };
        var consumer = await _jetStream.CreateOrderedConsumerAsync(_name, options, cancellationToken);
        var found = new List<(StreamId, string, ulong)>();
        if (consumer.Info.NumPending == 0)
            return found;
        await foreach (var message in consumer.ConsumeAsync<byte[]>(opts: Attentive, cancellationToken: cancellationToken))
        {
            var place = message.Metadata!.Value;
            if (Subjects.TryParseStream(message.Subject, out var stream))
                found.Add((stream, message.Headers?.TryGetLastValue(MessageId, out var id) == true ? id : "", place.Sequence.Stream));
            if (place.NumPending == 0)
                break;
        }

        return found;
    }

    /// <summary>Whether the log has a message of a subject at a sequence, or had it for as long as it keeps messages.</summary>
    public async Task<bool> HadAsync(string subject, ulong sequence, CancellationToken cancellationToken)
    {
        if (await _lookup.FindAtAsync(sequence, cancellationToken) is { } found)
            return found.Subject == subject;
        return sequence <= (await _lookup.EndsAsync(cancellationToken)).Last;
    }

    /// <summary>A failure that may pass: the server is away, slow, or not there yet.</summary>
    public static bool IsPassing(Exception exception, CancellationToken cancellationToken) =>
        exception is NatsException or TimeoutException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private async Task<(StoreOutcome Outcome, ulong Sequence)> LookBehindAsync(
        string subject, string id, ulong lastSequence, ulong floor, Action<ForeignOutput> met, CancellationToken cancellationToken)
    {
        var next = await _lookup.FindNextAsync(subject, lastSequence + 1, cancellationToken);
        if (next is not null && LogLookup.IdOf(next) == id)
            return (StoreOutcome.Stored, next.Seq);
        if (next?.Seq > floor)
        {
            met(new ForeignOutput(subject, LogLookup.IdOf(next), next.Seq));
            return (StoreOutcome.Fenced, next.Seq);
        }

        var last = await _lookup.FindLastAsync(subject, cancellationToken);
        if (last is null)
            return (StoreOutcome.Emptied, 0);
        if (last.Seq < lastSequence)
            return (StoreOutcome.Shrunk, last.Seq);
        return next is not null && last.Seq <= floor ? (StoreOutcome.Older, last.Seq) : (StoreOutcome.Unknown, 0);
    }
}
