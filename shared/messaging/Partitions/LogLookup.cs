using System.Globalization;
using System.Text;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace SignalStream.Messaging.Partitions;

/// <summary>Where a log begins and ends.</summary>
/// <param name="CreatedNs">When it was made, ns since the Unix epoch; nats-server 2.9 changes it after an update and a restart.</param>
/// <param name="First">Sequence of the first message there is.</param>
/// <param name="Last">Of the last one.</param>
/// <param name="LastNs">When that was stored; 0 in an empty log.</param>
internal readonly record struct LogEnds(long CreatedNs, ulong First, ulong Last, long LastNs);

/// <summary>Single messages of a log, from its leader: a follower may not have yet what a fence or a checkpoint speaks of.</summary>
internal sealed class LogLookup(INatsConnection connection, string name)
{
    private const int NoMessage = 10037;
    private const int NotFound = 404;
    private const string MessageId = "Nats-Msg-Id";

    /// <summary>Two ways of reading one time, ns.</summary>
    private const long Rounding = 1_000;

    private readonly NatsJSContext _jetStream = EngineContext.Of(connection);
    private INatsJSStream? _stream;

    public async Task<LogEnds> EndsAsync(CancellationToken cancellationToken)
    {
        _stream = await _jetStream.GetStreamAsync(name, cancellationToken: cancellationToken);
        var info = _stream.Info;
        var lastNs = info.State is { LastSeq: > 0, LastTs: { } text } ? NsOf(text) : 0;
        return new LogEnds(EventTime.Of(info.Created), info.State.FirstSeq, info.State.LastSeq, lastNs);
    }

    /// <summary>The first message of a subject at a sequence or behind it; null when there is none.</summary>
    public Task<StoredMessage?> FindNextAsync(string subject, ulong from, CancellationToken cancellationToken) =>
        FindAsync(new StreamMsgGetRequest { Seq = from, NextBySubj = subject }, cancellationToken);

    /// <summary>The message of a sequence; null when there is none.</summary>
    public Task<StoredMessage?> FindAtAsync(ulong sequence, CancellationToken cancellationToken) =>
        FindAsync(new StreamMsgGetRequest { Seq = sequence }, cancellationToken);

    /// <summary>The last message of a subject; null when there is none.</summary>
    public Task<StoredMessage?> FindLastAsync(string subject, CancellationToken cancellationToken) =>
        FindAsync(new StreamMsgGetRequest { LastBySubj = subject }, cancellationToken);

    /// <summary>Whether this is the log that had, at this time, a message of this sequence as its last.</summary>
    /// <param name="sequence">0: from before the first message.</param>
    /// <param name="storedNs">When it was stored; 0 when that is not known.</param>
    /// <param name="createdNs">When the log was made, as it was said then.</param>
    /// <param name="ends">Where the log begins and ends.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> HadAsync(ulong sequence, long storedNs, long createdNs, LogEnds ends, CancellationToken cancellationToken)
    {
        if (sequence == 0 || sequence > ends.Last)
            return sequence == 0;
        if (storedNs == 0)
            return createdNs == ends.CreatedNs;
        var message = sequence < ends.First ? null : await FindAsync(new StreamMsgGetRequest { Seq = sequence }, cancellationToken);

        // Gone by age or size: then the log has gone on since, for a new one would have to be as long already.
        return message is null || Math.Abs(NsOf(message.Time) - storedNs) <= Rounding;
    }

    /// <summary>The sequence behind which everything was stored later than a time.</summary>
    public async Task<ulong> PositionAtAsync(long storedNs, LogEnds ends, CancellationToken cancellationToken)
    {
        if (ends.LastNs <= storedNs)
            return ends.Last;
        var after = DateTimeOffset.UnixEpoch.AddTicks((storedNs / TimeSpan.NanosecondsPerTick) + 1);
        var options = new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartTime, OptStartTime = after, HeadersOnly = true };
        var consumer = await _jetStream.CreateOrderedConsumerAsync(name, options, cancellationToken);
        await foreach (var message in consumer.ConsumeAsync<byte[]>(cancellationToken: cancellationToken))
        {
            if (message.Metadata is { } place)
                return place.Sequence.Stream - 1;
        }

        return ends.Last;
    }

    /// <summary>The message id in a stored header block, base64 of its text.</summary>
    public static string? IdOf(StoredMessage message)
    {
        if (message.Hdrs is null)
            return null;
        var lines = Encoding.UTF8.GetString(Convert.FromBase64String(message.Hdrs)).Split("\r\n");
        var line = Array.Find(lines, l => l.StartsWith(MessageId + ":", StringComparison.OrdinalIgnoreCase));
        return line?[(MessageId.Length + 1)..].Trim();
    }

    private static long NsOf(string time) => EventTime.Of(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));

    private async Task<StoredMessage?> FindAsync(StreamMsgGetRequest request, CancellationToken cancellationToken)
    {
        _stream ??= await _jetStream.GetStreamAsync(name, cancellationToken: cancellationToken);
        try
        {
            return (await _stream.GetAsync(request, cancellationToken)).Message;
        }
        catch (NatsJSApiException exception) when (exception.Error.ErrCode == NoMessage || exception.Error.Code == NotFound)
        {
            return null;
        }
    }
}
