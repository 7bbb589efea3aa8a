namespace NATS.Client.Core;

public delegate ValueTask AsyncEventHandler<in TEventArgs>(object? sender, TEventArgs? args);

public class NatsEventArgs(string message) : EventArgs
{
    public string Message { get; } = message;
}

/// <summary>A subscription's queue was full, and a message was dropped.</summary>
public class NatsMessageDroppedEventArgs(NatsSubBase subscription, int pending, string subject, string? replyTo, NatsHeaders? headers, object? data)
    : NatsEventArgs($"Dropped a message from {subject} with {pending} messages pending.")
{
    public NatsSubBase Subscription { get; } = subscription;

    public int Pending { get; } = pending;

    public string Subject { get; } = subject;

    public string? ReplyTo { get; } = replyTo;

    public NatsHeaders? Headers { get; } = headers;

    public object? Data { get; } = data;
}

/// <summary>A subscription began to drop; raised again only after it has caught up in between.</summary>
public class NatsSlowConsumerEventArgs(NatsSubBase subscription)
    : NatsEventArgs($"Slow consumer detected on subscription {subscription.Subject}.")
{
    public NatsSubBase Subscription { get; } = subscription;
}

/// <summary>The server is about to close and has asked its clients to go.</summary>
public class NatsLameDuckModeActivatedEventArgs(Uri uri) : NatsEventArgs("Lame duck mode activated.")
{
    public Uri Uri { get; } = uri;
}

/// <summary>The server said -ERR.</summary>
public class NatsServerErrorEventArgs(string error) : NatsEventArgs($"Server error: {error}")
{
    public string Error { get; } = error;
}
