using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

/// <summary>How a context reaches the JetStream API, and what its consumers do by default.</summary>
public record NatsJSOpts
{
    public NatsJSOpts(NatsOpts opts, string? apiPrefix = null, string? domain = null, AckOpts? ackOpts = null, TimeSpan? requestTimeout = null)
    {
        if (apiPrefix is not null && domain is not null)
            throw new NatsJSException("A prefix and a domain cannot both be given: a domain is a prefix.");
        ApiPrefix = apiPrefix ?? "$JS.API";
        Domain = domain;
        Prefix = domain is null ? ApiPrefix : $"$JS.{domain}.API";
        RequestTimeout = requestTimeout ?? opts.RequestTimeout;
        DoubleAck = ackOpts?.DoubleAck ?? false;
    }

    /// <summary>What the subjects of the API start with.</summary>
    public string Prefix { get; }

    public string ApiPrefix { get; }

    public string? Domain { get; }

    public TimeSpan RequestTimeout { get; }

    /// <summary>Whether acknowledgements wait for the server to confirm them.</summary>
    public bool DoubleAck { get; init; }

    public NatsJSConsumeOpts DefaultConsumeOpts { get; init; } = new();

    public NatsJSNextOpts DefaultNextOpts { get; init; } = new();
}

/// <summary>How much is asked for in advance while consuming.</summary>
public record NatsJSConsumeOpts
{
    /// <summary>Messages asked for and not yet read: 1,000 unless bytes are given.</summary>
    public int? MaxMsgs { get; init; }

    /// <summary>How long one request to the server lives: 30 s.</summary>
    public TimeSpan? Expires { get; init; }

    /// <summary>Bytes asked for and not yet read.</summary>
    public int? MaxBytes { get; init; }

    /// <summary>How often the server says that it is alive when it has nothing to deliver: half of <see cref="Expires"/>.</summary>
    public TimeSpan? IdleHeartbeat { get; init; }

    /// <summary>More is asked for when no more than this is left: half of <see cref="MaxMsgs"/>.</summary>
    public int? ThresholdMsgs { get; init; }

    public int? ThresholdBytes { get; init; }

    /// <summary>Told of missed heartbeats and of what the server says beside messages.</summary>
    public Func<INatsJSNotification, CancellationToken, Task>? NotificationHandler { get; init; }
}

/// <summary>One request for a number of messages.</summary>
public record NatsJSFetchOpts
{
    public int? MaxMsgs { get; init; }

    public TimeSpan? Expires { get; init; }

    public int? MaxBytes { get; init; }

    public TimeSpan? IdleHeartbeat { get; init; }

    public Func<INatsJSNotification, CancellationToken, Task>? NotificationHandler { get; init; }
}

/// <summary>One request for one message.</summary>
public record NatsJSNextOpts
{
    public TimeSpan? Expires { get; init; }

    public TimeSpan? IdleHeartbeat { get; init; }

    public Func<INatsJSNotification, CancellationToken, Task>? NotificationHandler { get; init; }
}

/// <summary>Where an ordered consumer starts and what it takes.</summary>
public record NatsJSOrderedConsumerOpts
{
    public static readonly NatsJSOrderedConsumerOpts Default = new();

    /// <summary>All subjects if empty; several need server 2.10.</summary>
    public string[] FilterSubjects { get; init; } = [];

    public ConsumerConfigDeliverPolicy DeliverPolicy { get; init; } = ConsumerConfigDeliverPolicy.All;

    public ulong OptStartSeq { get; init; }

    public DateTimeOffset OptStartTime { get; init; }

    public ConsumerConfigReplayPolicy ReplayPolicy { get; init; } = ConsumerConfigReplayPolicy.Instant;

    /// <summary>After so long without a reader the server forgets the consumer.</summary>
    public TimeSpan InactiveThreshold { get; init; } = TimeSpan.FromMinutes(5);

    public bool HeadersOnly { get; init; }

    /// <summary>How often in a row making the consumer again may fail; −1: it tries for ever.</summary>
    public int MaxResetAttempts { get; init; } = -1;
}

/// <summary>What a publish asserts, and how often it is tried.</summary>
public record NatsJSPubOpts : NatsPubOpts
{
    public static readonly NatsJSPubOpts Default = new();

    /// <summary>Within the stream's duplicate window the server stores a message of this id once.</summary>
    public string? MsgId { get; init; }

    public string? ExpectedLastMsgId { get; init; }

    public string? ExpectedStream { get; init; }

    public ulong? ExpectedLastSequence { get; init; }

    /// <summary>The sequence of the subject's last message, 0 for none: a compare-and-set.</summary>
    public ulong? ExpectedLastSubjectSequence { get; init; }

    /// <summary>The subject that <see cref="ExpectedLastSubjectSequence"/> is about, if not the message's own; server 2.12.</summary>
    public string? ExpectedLastSubjectSequenceSubject { get; init; }

    public TimeSpan RetryWaitBetweenAttempts { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Attempts when nobody takes the message, the first one included.</summary>
    public int RetryAttempts { get; init; } = 2;
}

/// <summary>How a message is acknowledged.</summary>
public readonly record struct AckOpts
{
    /// <summary>Whether to wait until the server confirms the acknowledgement.</summary>
    public bool? DoubleAck { get; init; }

    /// <summary>How long a refused message waits before it is delivered again.</summary>
    public TimeSpan? NakDelay { get; init; }

    public string? TerminateReason { get; init; }
}
