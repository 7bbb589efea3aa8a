using System.Text;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.Contracts;
using SignalStream.Messaging.Logs;

namespace SignalStream.Messaging.Partitions;

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

    /// <summary>Something else stands in its place: another owner is ahead.</summary>
    Fenced,
}

/// <summary>The output log as the fence sees it: stores a message in one place only, and reads what stands there.</summary>
/// <remarks>
/// The expected last subject sequence is the fence and knows no time; the message id saves work within the duplicate window. When
/// either says no, what stands behind the last known sequence decides: the own id there counts as stored.
/// </remarks>
internal sealed class OutputLog(INatsConnection connection, SignalType type)
{
    private const int WrongLastSequence = 10071;
    private const int NoMessage = 10037;
    private const string MessageId = "Nats-Msg-Id";

    private static readonly NatsJSConsumeOpts Attentive = new() { Expires = TimeSpan.FromSeconds(10), IdleHeartbeat = TimeSpan.FromSeconds(1) };

    private readonly NatsJSContext _jetStream = new(connection);
    private readonly string _name = LogDefinitions.NameOf(type);

    /// <summary>Stores a message behind the last known one of its subject.</summary>
    /// <param name="subject">Of one stream.</param>
    /// <param name="id">The message id.</param>
    /// <param name="bytes">The message.</param>
    /// <param name="lastSequence">Of the last known message there; 0: none is known.</param>
    /// <param name="floor">Messages up to here are from before a stream that nothing was known of, and are no sign of another owner.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(StoreOutcome Outcome, ulong Sequence)> StoreAsync(
        string subject, string id, byte[] bytes, ulong lastSequence, ulong floor, CancellationToken cancellationToken)
    {
        var options = new NatsJSPubOpts { MsgId = id, ExpectedLastSubjectSequence = lastSequence, RetryAttempts = 1 };
        try
        {
            var answer = await _jetStream.PublishAsync(subject, bytes, opts: options, cancellationToken: cancellationToken);
            if (answer is { Error: null, Duplicate: false })
                return (StoreOutcome.Stored, answer.Seq);
            return answer.Duplicate || answer.Error?.ErrCode == WrongLastSequence
                ? await LookBehindAsync(subject, id, lastSequence, floor, cancellationToken)
                : (StoreOutcome.Unknown, 0);
        }
        catch (Exception exception) when (IsPassing(exception, cancellationToken))
        {
            return (StoreOutcome.Unknown, 0);
        }
    }

    /// <summary>Outputs of a partition behind a sequence, with their ids, in order.</summary>
    public async Task<List<(StreamId Stream, string Id, ulong Sequence)>> ReadBehindAsync(
        int partition, ulong sequence, CancellationToken cancellationToken)
    {
        var options = new NatsJSOrderedConsumerOpts
        {
            FilterSubjects = [Subjects.OfPartition(type, partition)],
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
            if (Subjects.TryParseStream(message.Subject, out var stream) && message.Headers?.TryGetLastValue(MessageId, out var id) == true)
                found.Add((stream, id!, place.Sequence.Stream));
            if (place.NumPending == 0)
                break;
        }

        return found;
    }

    /// <summary>A failure that may pass: the server is away, slow, or not there yet.</summary>
    public static bool IsPassing(Exception exception, CancellationToken cancellationToken) =>
        exception is NatsException or TimeoutException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private async Task<(StoreOutcome Outcome, ulong Sequence)> LookBehindAsync(
        string subject, string id, ulong lastSequence, ulong floor, CancellationToken cancellationToken)
    {
        var next = await FindAsync(new StreamMsgGetRequest { Seq = lastSequence + 1, NextBySubj = subject }, cancellationToken);
        if (next?.Id == id)
            return (StoreOutcome.Stored, next.Value.Sequence);
        if (next is { } other && other.Sequence > floor)
            return (StoreOutcome.Fenced, other.Sequence);
        var last = await FindAsync(new StreamMsgGetRequest { LastBySubj = subject }, cancellationToken);
        if (last is null)
            return (StoreOutcome.Emptied, 0);
        return next is not null && last.Value.Sequence <= floor ? (StoreOutcome.Older, last.Value.Sequence) : (StoreOutcome.Unknown, 0);
    }

    /// <summary>From the stream's leader, not by direct get: a follower may not have yet what the fence speaks of.</summary>
    private async Task<(string? Id, ulong Sequence)?> FindAsync(StreamMsgGetRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var stream = await _jetStream.GetStreamAsync(_name, cancellationToken: cancellationToken);
            var message = (await stream.GetAsync(request, cancellationToken)).Message;
            return (IdOf(message.Hdrs), message.Seq);
        }
        catch (NatsJSApiException exception) when (exception.Error.ErrCode == NoMessage)
        {
            return null;
        }
    }

    /// <summary>The message id in a stored header block, base64 of its text.</summary>
    private static string? IdOf(string? headers)
    {
        if (headers is null)
            return null;
        var lines = Encoding.UTF8.GetString(Convert.FromBase64String(headers)).Split("\r\n");
        var line = Array.Find(lines, l => l.StartsWith(MessageId + ":", StringComparison.OrdinalIgnoreCase));
        return line?[(MessageId.Length + 1)..].Trim();
    }
}
