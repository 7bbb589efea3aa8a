namespace NATS.Client.JetStream;

/// <summary>Something that a consumer noticed beside messages.</summary>
public interface INatsJSNotification
{
    string Name { get; }
}

/// <summary>Two heartbeats in a row did not come.</summary>
public record NatsJSTimeoutNotification : INatsJSNotification
{
    public string Name => "Timeout";
}

/// <summary>A status that the server sent instead of a message.</summary>
public record NatsJSProtocolNotification(string Name, int HeaderCode, string HeaderMessageText) : INatsJSNotification;
