using System.Threading.Channels;

namespace NATS.Client.Core;

/// <summary>A subscription and the queue of what it received.</summary>
public interface INatsSub<T> : IAsyncDisposable
{
    ChannelReader<NatsMsg<T>> Msgs { get; }

    string Subject { get; }

    string? QueueGroup { get; }

    ValueTask UnsubscribeAsync();
}
