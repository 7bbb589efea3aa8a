namespace NATS.Client.Core;

/// <summary>Whatever goes wrong in the client itself, and the base of all its exceptions.</summary>
public class NatsException : Exception
{
    public NatsException(string message)
        : base(message)
    {
    }

    public NatsException(string message, Exception exception)
        : base(message, exception)
    {
    }
}

/// <summary>A request was not answered within its time-out.</summary>
public sealed class NatsNoReplyException() : NatsException("No reply received.");

/// <summary>Nobody is subscribed to the subject of a request.</summary>
public sealed class NatsNoRespondersException() : NatsException("No responders.");

/// <summary>A message is longer than the server's max_payload.</summary>
public sealed class NatsPayloadTooLargeException(string error) : NatsException(error);

/// <summary>The connection has given up: retries are used up, or the server refused the credentials twice.</summary>
public sealed class NatsConnectionFailedException(string message) : NatsException(message);

/// <summary>The server answered -ERR.</summary>
public sealed class NatsServerException(string error) : NatsException($"Server error: {error}")
{
    /// <summary>The server's words, in lower case.</summary>
    public string Error { get; } = error.ToLowerInvariant();

    /// <summary>Whether trying again with the same credentials is pointless.</summary>
    public bool IsAuthError =>
        Error.Contains("authorization violation", StringComparison.Ordinal)
        || Error.Contains("user authentication expired", StringComparison.Ordinal)
        || Error.Contains("user authentication revoked", StringComparison.Ordinal)
        || Error.Contains("account authentication expired", StringComparison.Ordinal);
}
