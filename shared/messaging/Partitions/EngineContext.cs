using NATS.Client.Core;
using NATS.Client.JetStream;

namespace SignalStream.Messaging.Partitions;

/// <summary>JetStream as the engine asks it.</summary>
internal static class EngineContext
{
    /// <summary>
    /// A server that is there answers within milliseconds; one that was killed takes its answers with it, and who waits for them keeps
    /// a partition waiting.
    /// </summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(2);

    public static NatsJSContext Of(INatsConnection connection) => new(connection, new NatsJSOpts(connection.Opts, requestTimeout: RequestTimeout));
}
