using NATS.Client.Core;

namespace SignalStream.Messaging;

/// <summary>A frame as it came from the bus. Whoever reads it disposes it: the bytes are pooled.</summary>
/// <param name="Subject">Where it came from; the same string for the same stream.</param>
/// <param name="Owner">Owns the bytes.</param>
public readonly record struct WaveMessage(string Subject, NatsMemoryOwner<byte> Owner) : IDisposable
{
    /// <summary>The whole frame, header and payload. Not checked.</summary>
    public ReadOnlySpan<byte> Frame => Owner.Span;

    /// <inheritdoc/>
    public void Dispose() => Owner.Dispose();
}

/// <summary>Where frames go.</summary>
public interface IFramePublisher
{
    /// <summary>Publishes a frame; the bytes are free again when the task has completed.</summary>
    /// <param name="subject">From <see cref="Subjects.Of"/>; made once a stream.</param>
    /// <param name="frame">Header and payload.</param>
    /// <param name="cancellationToken">Gives up waiting for room.</param>
    ValueTask PublishAsync(string subject, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken);
}

/// <summary>Frames on the bus, as bytes: the same that a viewer gets. They are published by <see cref="Logs.WaveOutbox"/>.</summary>
public sealed class SignalBus
{
    private readonly INatsConnection _connection;
    private int _connections;

    /// <param name="connection">To the bus; may be opened later.</param>
    public SignalBus(INatsConnection connection)
    {
        _connection = connection;
        connection.ConnectionOpened += (_, _) =>
        {
            Interlocked.Increment(ref _connections);
            return ValueTask.CompletedTask;
        };
    }

    /// <summary>Connections there have been since this was made, one after the other: what was published between two of them has passed by.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Subscribes to frames at once.</summary>
    /// <param name="subject">One stream's, or a pattern.</param>
    /// <param name="capacity">Frames that may wait; when more come, the oldest go and are counted by the connection.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    public async ValueTask<WaveSubscription> SubscribeAsync(string subject, int capacity, CancellationToken cancellationToken)
    {
        var options = new NatsSubOpts
        {
            ChannelOpts = new NatsSubChannelOpts
            {
                Capacity = capacity,
                FullMode = System.Threading.Channels.BoundedChannelFullMode.DropOldest,
            },
        };
        return new WaveSubscription(await _connection.SubscribeCoreAsync<NatsMemoryOwner<byte>>(
            subject, opts: options, cancellationToken: cancellationToken));
    }
}

/// <summary>Frames of one subject or pattern, from now until it is disposed.</summary>
public sealed class WaveSubscription : IAsyncDisposable
{
    private readonly INatsSub<NatsMemoryOwner<byte>> _subscription;

    internal WaveSubscription(INatsSub<NatsMemoryOwner<byte>> subscription) => _subscription = subscription;

    /// <summary>Waits for a frame; false when the subscription has ended.</summary>
    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken) =>
        _subscription.Msgs.WaitToReadAsync(cancellationToken);

    /// <summary>Whether a frame waits.</summary>
    public bool HasMore => _subscription.Msgs is { CanCount: true, Count: > 0 };

    /// <summary>Takes the next frame, if there is one.</summary>
    public bool TryRead(out WaveMessage message)
    {
        var read = _subscription.Msgs.TryRead(out var received);
        message = read ? new WaveMessage(received.Subject, received.Data) : default;
        return read;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _subscription.DisposeAsync();
}
