namespace NATS.Client.Core;

/// <summary>What every message has, whatever its type.</summary>
public interface INatsMsg
{
    NatsHeaders? Headers { get; }
}

/// <summary>A message with data of type <typeparamref name="T"/>.</summary>
public interface INatsMsg<T> : INatsMsg
{
    string Subject { get; init; }

    string? ReplyTo { get; init; }

    int Size { get; init; }

    T? Data { get; init; }

    INatsConnection? Connection { get; init; }

    NatsException? Error { get; }

    void EnsureSuccess();

    ValueTask ReplyAsync(NatsHeaders? headers = null, string? replyTo = null, NatsPubOpts? opts = null, CancellationToken cancellationToken = default);

    ValueTask ReplyAsync<TReply>(TReply? data, NatsHeaders? headers = null, string? replyTo = null, INatsSerialize<TReply>? serializer = null, NatsPubOpts? opts = null, CancellationToken cancellationToken = default);

    ValueTask ReplyAsync<TReply>(NatsMsg<TReply> msg, INatsSerialize<TReply>? serializer = null, NatsPubOpts? opts = null, CancellationToken cancellationToken = default);
}

/// <summary>What a message says of itself beside its data.</summary>
[Flags]
public enum NatsMsgFlags : byte
{
    None = 0,
    Empty = 1,
    NoResponders = 2,
}

/// <summary>A message as it was received.</summary>
public readonly record struct NatsMsg<T> : INatsMsg<T>
{
    public NatsMsg(string subject, string? replyTo, int size, NatsHeaders? headers, T? data, INatsConnection? connection, NatsMsgFlags flags = NatsMsgFlags.None)
    {
        Subject = subject;
        ReplyTo = replyTo;
        Size = size;
        Headers = headers;
        Data = data;
        Connection = connection;
        Flags = flags;
    }

    /// <summary>The subject that it was published to.</summary>
    public string Subject { get; init; }

    /// <summary>Where an answer is expected, if anywhere.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>Bytes of subject, reply subject, headers and payload, as the server counts them.</summary>
    public int Size { get; init; }

    public NatsMsgFlags Flags { get; init; }

    public NatsHeaders? Headers { get; init; }

    /// <summary>The payload, deserialized; the default value where the payload is empty.</summary>
    public T? Data { get; init; }

    public INatsConnection? Connection { get; init; }

    /// <summary>What went wrong while the message was decoded; the subscription lives on.</summary>
    public NatsException? Error => Headers?.Error;

    public bool IsEmpty => (Flags & NatsMsgFlags.Empty) != 0;

    public bool HasNoResponders => (Flags & NatsMsgFlags.NoResponders) != 0;

    public void EnsureSuccess()
    {
        if (HasNoResponders)
            throw new NatsNoRespondersException();
        if (Error is { } error)
            throw error;
    }

    public ValueTask ReplyAsync(NatsHeaders? headers = null, string? replyTo = null, NatsPubOpts? opts = null, CancellationToken cancellationToken = default) =>
        ConnectionForReply().PublishAsync(ReplyTo!, headers, replyTo, opts, cancellationToken);

    public ValueTask ReplyAsync<TReply>(TReply? data, NatsHeaders? headers = null, string? replyTo = null, INatsSerialize<TReply>? serializer = null, NatsPubOpts? opts = null, CancellationToken cancellationToken = default) =>
        ConnectionForReply().PublishAsync(ReplyTo!, data, headers, replyTo, serializer, opts, cancellationToken);

    public ValueTask ReplyAsync<TReply>(NatsMsg<TReply> msg, INatsSerialize<TReply>? serializer = null, NatsPubOpts? opts = null, CancellationToken cancellationToken = default) =>
        ConnectionForReply().PublishAsync(msg with { Subject = ReplyTo! }, serializer, opts, cancellationToken);

    private INatsConnection ConnectionForReply()
    {
        if (Connection is null)
            throw new NatsException("Unable to send a reply: the message did not come from a subscription.");
        if (string.IsNullOrEmpty(ReplyTo))
            throw new NatsException("Unable to send a reply: the message asks for none.");
        return Connection;
    }
}
