using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace NATS.Client.Core;

/// <summary>How a connection is made, kept and used. Changed by <c>with</c>.</summary>
public sealed record NatsOpts
{
    public static readonly NatsOpts Default = new();

    /// <summary>
    /// One server or a comma-separated list: <c>nats://</c> or <c>tls://</c>, with <c>user:password@</c> or <c>token@</c>,
    /// which <see cref="AuthOpts"/> overrides.
    /// </summary>
    public string Url { get; init; } = "nats://localhost:4222";

    /// <summary>What the server's monitoring calls this client.</summary>
    public string Name { get; init; } = "NATS .NET Client";

    /// <summary>Whether the client receives what it published itself.</summary>
    public bool Echo { get; init; } = true;

    /// <summary>Whether the server acknowledges every command; costs much and tells little.</summary>
    public bool Verbose { get; init; }

    /// <summary>Whether headers, and with them the server's word that nobody answers a request, are asked for.</summary>
    public bool Headers { get; init; } = true;

    public NatsAuthOpts AuthOpts { get; init; } = NatsAuthOpts.Default;

    public NatsTlsOpts TlsOpts { get; init; } = NatsTlsOpts.Default;

    public INatsSerializerRegistry SerializerRegistry { get; init; } = NatsDefaultSerializerRegistry.Default;

    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Size at which each of the two send buffers starts, bytes.</summary>
    public int WriterBufferSize { get; init; } = 65536;

    /// <summary>Size of a receive buffer, bytes; a longer message gets one of its own.</summary>
    public int ReaderBufferSize { get; init; } = 65536;

    /// <summary>Longest message that is accepted from a server, bytes: a longer one is a protocol error.</summary>
    public int MaxPayloadHardCap { get; init; } = 64 * 1024 * 1024;

    public string InboxPrefix { get; init; } = "_INBOX";

    /// <summary>Whether servers are tried in the order in which they are listed.</summary>
    public bool NoRandomize { get; init; }

    /// <summary>How often an idle connection is asked whether the server is still there; zero: never.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>PINGs that may be unanswered before a connection counts as stale.</summary>
    public int MaxPingOut { get; init; } = 2;

    public TimeSpan ReconnectWaitMin { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan ReconnectWaitMax { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan ReconnectJitter { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Rounds through the list of servers before giving up; −1: never.</summary>
    public int MaxReconnectRetry { get; init; } = -1;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a command waits for room in the send buffer, or for PONG.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public Encoding HeaderEncoding { get; init; } = Encoding.ASCII;

    /// <summary>
    /// Whether disposing first ends the subscriptions at the server and lets their readers have what is still on the way.
    /// </summary>
    public bool DrainSubscriptionsOnDispose { get; init; }

    /// <summary>How long disposing waits until the server has taken everything that was published.</summary>
    public TimeSpan DrainPingTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether to go on trying after the server refused the credentials twice.</summary>
    public bool IgnoreAuthErrorAbort { get; init; }

    /// <summary>Messages that may wait in a subscription whose options do not say.</summary>
    public int SubPendingChannelCapacity { get; init; } = 1024;

    /// <summary>
    /// What a full subscription does. <see cref="BoundedChannelFullMode.Wait"/> does not stop the connection, as it does in
    /// the package: the subscription may hold much more (<see cref="NatsSubBase"/> says how much) before it drops.
    /// </summary>
    public BoundedChannelFullMode SubPendingChannelFullMode { get; init; } = BoundedChannelFullMode.DropNewest;

    /// <summary>Whether a server that cannot be reached at first is waited for instead of reported.</summary>
    public bool RetryOnInitialConnect { get; init; }

    /// <summary>
    /// What happens to a publish that no longer fits into what is kept while disconnected: it is refused at once, or, if this
    /// is set, after waiting <see cref="CommandTimeout"/> for the connection.
    /// </summary>
    public bool PublishTimeoutOnDisconnected { get; init; }

    /// <summary>Whether subjects are known to be free of white space, which would be read as protocol.</summary>
    public bool SkipSubjectValidation { get; init; }

    public bool SuppressSlowConsumerWarnings { get; init; }

    /// <summary>The clock; tests have their own.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;
}
