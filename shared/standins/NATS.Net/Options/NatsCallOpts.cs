using System.Threading.Channels;

namespace NATS.Client.Core;

/// <summary>Options of one publish: none that have an effect.</summary>
public record NatsPubOpts;

/// <summary>The bound of one subscription's queue.</summary>
public record NatsSubChannelOpts
{
    public BoundedChannelFullMode? FullMode { get; init; }

    public int? Capacity { get; init; }
}

/// <summary>When a subscription ends by itself, and how much may wait in it.</summary>
public record NatsSubOpts
{
    /// <summary>Ends after so many messages.</summary>
    public int? MaxMsgs { get; init; }

    /// <summary>Ends after this time.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Ends when the first message takes longer than this.</summary>
    public TimeSpan? StartUpTimeout { get; init; }

    /// <summary>Ends when a message takes longer than this after the one before.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Ends with the first empty message, which is not delivered.</summary>
    public bool? StopOnEmptyMsg { get; init; }

    /// <summary>Whether the server's word that nobody answers becomes an exception.</summary>
    public bool? ThrowIfNoResponders { get; init; }

    public NatsSubChannelOpts? ChannelOpts { get; init; }
}
