using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace NATS.Client.Core;

/// <summary>A subscription whose messages wait in a queue until they are read and decoded.</summary>
internal sealed class NatsSubscription<T> : NatsSubBase, INatsSub<T>
{
    private readonly NatsConnection _connection;
    private readonly MessageQueue _queue;
    private readonly SubscriptionTimers? _timers;
    private readonly CancellationTokenRegistration _cancellation;
    private readonly bool _stopsOnEmpty;

    public NatsSubscription(NatsConnection connection, string subject, string? queueGroup, INatsDeserialize<T>? serializer, NatsSubOpts? opts, CancellationToken cancellationToken)
        : base(subject, queueGroup)
    {
        _connection = connection;
        _queue = new MessageQueue(QueueBounds.For(connection.Opts, opts?.ChannelOpts), connection.ReceiveBuffers);
        Remaining = opts?.MaxMsgs is > 0 and var max ? max : -1;
        _stopsOnEmpty = opts?.StopOnEmptyMsg ?? false;
        Msgs = new Reader(_queue, new(connection, serializer), new(subject), opts?.ThrowIfNoResponders ?? false);
        _timers = SubscriptionTimers.For(opts, connection.Time, () => _connection.EndSubscription(this));
        _cancellation = cancellationToken.UnsafeRegister(
            static self => ((NatsSubscription<T>)self!)._connection.EndSubscription((NatsSubscription<T>)self!), this);
    }

    public ChannelReader<NatsMsg<T>> Msgs { get; }

    public ValueTask UnsubscribeAsync()
    {
        _connection.EndSubscription(this);
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _connection.EndSubscription(this);
        _cancellation.Dispose();
        _queue.Discard();
        return default;
    }

    internal override void Receive(in RawMessage message)
    {
        if (HasEnded)
            return;
        _timers?.OnMessage();
        if (_stopsOnEmpty && message.PayloadLength == 0 && !message.HasHeaders)
        {
            EndHere(alreadyAtServer: false);
            return;
        }

        var wasSlow = _queue.IsSlow;
        var dropped = _queue.Write(message);
        if (dropped > 0)
            _connection.OnDropped(this, dropped, _queue.Count, message, beginsEpisode: !wasSlow);
        if (Remaining > 0 && --Remaining == 0)
            EndHere(alreadyAtServer: true);
    }

    internal override IAwaiter? EndOfStretch() => _queue.ShowQuietly() ? _queue.Signal : null;

    /// <summary>Ends in the middle of a stretch: what came before must be seen first.</summary>
    private void EndHere(bool alreadyAtServer)
    {
        _queue.Show();
        _connection.EndSubscription(this, alreadyAtServer);
    }

    private protected override void OnEnd(Exception? error)
    {
        _timers?.Dispose();
        _queue.Signal.Complete(error);
    }

    private sealed class Reader(MessageQueue queue, MessageDecoder<T> decoder, SubjectCache subjects, bool throwIfNoResponders)
        : ChannelReader<NatsMsg<T>>
    {
        public override bool CanCount => true;

        public override int Count => queue.Count;

        public override Task Completion => queue.Signal.Completion;

        public override bool TryRead([MaybeNullWhen(false)] out NatsMsg<T> item)
        {
            if (!queue.TryRead(out var message))
            {
                item = default;
                return false;
            }

            item = decoder.Decode(message, subjects);
            if (throwIfNoResponders && item.HasNoResponders)
                throw new NatsNoRespondersException();
            return true;
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
            queue.Count > 0 ? new(true) : queue.Signal.WaitAsync(queue, cancellationToken);
    }
}
