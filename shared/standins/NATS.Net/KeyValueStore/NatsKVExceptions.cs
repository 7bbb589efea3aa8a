using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace NATS.Client.KeyValueStore;

public class NatsKVException : NatsJSException
{
    public NatsKVException(string message)
        : base(message)
    {
    }

    public NatsKVException(string message, Exception exception)
        : base(message, exception)
    {
    }
}

public class NatsKVKeyNotFoundException : NatsKVException
{
    public static readonly NatsKVKeyNotFoundException Default = new();

    public NatsKVKeyNotFoundException()
        : base("Key not found.")
    {
    }
}

public class NatsKVKeyDeletedException(ulong revision) : NatsKVException($"The key was deleted at revision {revision}.")
{
    public ulong Revision { get; } = revision;
}

/// <summary>Somebody else wrote the key since.</summary>
public class NatsKVWrongLastRevisionException(ApiError error) : NatsKVException($"Wrong last revision: {error.Description}")
{
    public ApiError Error { get; } = error;
}

public class NatsKVCreateException() : NatsKVException("The key exists already.");
