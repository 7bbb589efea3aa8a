using System.Globalization;
using System.Threading.Channels;
using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream.Consuming;

/// <summary>Why a session is over. What is in its queue may still be read.</summary>
internal enum SessionEnd
{
    None,

    /// <summary>The only request has been answered as far as it will be.</summary>
    Done,

    /// <summary>The connection was lost and found again, and with it the server forgot what was asked.</summary>
    Reconnected,

    /// <summary>Two heartbeats in a row did not come.</summary>
    Silent,

    /// <summary>The server ended the request in a way that only a new session answers.</summary>
    Refused,

    /// <summary>The reading was cancelled, or the connection is closed for good.</summary>
    Closed,
}

/// <summary>
/// A reply subject with requests for messages on it, kept topped up, until something happens that makes it doubtful
/// whether the server still serves them. Then it ends, and its owner looks what became of the consumer and opens another.
/// </summary>
internal sealed class PullSession<T> : IAsyncDisposable
{
    private const int Heartbeat = 100;
    private const int BadRequest = 400;
    private const int NotFound = 404;
    private const int Timeout = 408;
    private const int Conflict = 409;
    private const int MissedHeartbeats = 2;

    // Beside the messages asked for, heartbeats and ends of requests wait in the queue.
    private const int QueueSlack = 1024;

    private readonly NatsJSContext _context;
    private readonly string _pullSubject;
    private readonly PullSettings _settings;
    private readonly PullBudget _budget;
    private readonly INatsSub<T> _inbox;
    private readonly ChannelReader<NatsMsg<T>> _queue;
    private readonly CancellationTokenSource _ended;
    private readonly CancellationToken _cancellationToken;
    private ITimer? _watch;
    private int _end;
    private int _missed;
    private volatile bool _heard = true;

    private PullSession(NatsJSContext context, ConsumerInfo consumer, PullSettings settings, INatsSub<T> inbox, CancellationToken cancellationToken)
    {
        _context = context;
        _pullSubject = $"{context.Opts.Prefix}.CONSUMER.MSG.NEXT.{consumer.StreamName}.{consumer.Name}";
        _settings = settings;
        _budget = new PullBudget(settings);
        _inbox = inbox;
        _queue = inbox.Msgs;
        _cancellationToken = cancellationToken;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    public SessionEnd End => (SessionEnd)Volatile.Read(ref _end);

    /// <summary>What the server said when it refused.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Whether the server has said that it has nothing more for now.</summary>
    public bool IsIdle { get; private set; }

    public static async ValueTask<PullSession<T>> OpenAsync(
        NatsJSContext context, ConsumerInfo consumer, PullSettings settings, INatsDeserialize<T>? serializer, CancellationToken cancellationToken)
    {
        var queue = new NatsSubChannelOpts { Capacity = settings.MaxMsgs + QueueSlack, FullMode = BoundedChannelFullMode.DropNewest };
        var inbox = await context.Connection.SubscribeCoreAsync(
            context.NewBaseInbox(),
            serializer: serializer,
            opts: new NatsSubOpts { ChannelOpts = queue, ThrowIfNoResponders = false },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        var session = new PullSession<T>(context, consumer, settings, inbox, cancellationToken);
        session.Watch();
        await session.PullAsync().ConfigureAwait(false);
        return session;
    }

    /// <summary>Waits for a message; false once the session is over and all of it has been read.</summary>
    public async ValueTask<bool> WaitAsync()
    {
        try
        {
            if (await _queue.WaitToReadAsync(_ended.Token).ConfigureAwait(false))
                return true;
            Finish(SessionEnd.Closed);
        }
        catch (OperationCanceledException)
        {
            // The session is over; whether for good the next lines tell.
        }

        if (_cancellationToken.IsCancellationRequested)
            Volatile.Write(ref _end, (int)SessionEnd.Closed);
        return false;
    }

    /// <summary>The next message of the stream; what the server says beside is handled on the way.</summary>
    public bool TryRead(out NatsMsg<T> msg)
    {
        while (_queue.TryRead(out msg))
        {
            _heard = true;
            if (msg.HasNoResponders)
            {
                Refuse("503 No Responders");
            }
            else if (msg.Headers is { Code: not 0 } status)
            {
                Observe(status);
            }
            else
            {
                IsIdle = false;
                _budget.Received(msg.Size);
                return true;
            }
        }

        return false;
    }

    /// <summary>Asks for more when little is left. Completes at once unless the connection pushes back.</summary>
    public ValueTask TopUpAsync() =>
        !_settings.Once && _budget.IsLow && End == SessionEnd.None ? PullAsync() : ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        Finish(SessionEnd.Done);
        _context.Connection.ConnectionOpened -= OnConnectionOpened;
        if (_watch is not null)
            await _watch.DisposeAsync().ConfigureAwait(false);
        await _inbox.DisposeAsync().ConfigureAwait(false);
        while (_queue.TryRead(out var unread))
            Drop(unread);
        _ended.Dispose();
    }

    /// <summary>Gives back the memory of a message that nobody will see.</summary>
    public static void Drop(in NatsMsg<T> msg) => (msg.Data as IDisposable)?.Dispose();

    private void Watch()
    {
        _context.Connection.ConnectionOpened += OnConnectionOpened;
        var time = _context.Connection.Opts.Time;
        if (_settings.Once)
        {
            // The server ends the request itself; this is for the case that its word is lost.
            var late = _settings.Expires + _context.Opts.RequestTimeout;
            _watch = time.CreateTimer(_ => Finish(SessionEnd.Done), null, late, System.Threading.Timeout.InfiniteTimeSpan);
        }
        else if (_settings.IdleHeartbeat > TimeSpan.Zero)
        {
            _watch = time.CreateTimer(_ => Listen(), null, _settings.IdleHeartbeat, _settings.IdleHeartbeat);
        }
    }

    private async ValueTask PullAsync()
    {
        var (msgs, bytes) = _budget.Refill();
        var request = new PullRequest(
            msgs, bytes, _settings.NoWait ? TimeSpan.Zero : _settings.Expires, _settings.IdleHeartbeat, _settings.NoWait);
        try
        {
            await _context.Connection.PublishAsync(
                _pullSubject,
                JSJson.Write(request),
                replyTo: _inbox.Subject,
                serializer: NatsRawSerializer<byte[]>.Default,
                cancellationToken: _cancellationToken).ConfigureAwait(false);
        }
        catch (NatsException e)
        {
            Refuse(e.Message);
        }
        catch (OperationCanceledException) when (_cancellationToken.IsCancellationRequested)
        {
            Finish(SessionEnd.Closed);
        }
    }

    private void Observe(NatsHeaders status)
    {
        Notify(new NatsJSProtocolNotification(status.MessageText, status.Code, status.MessageText));
        if (status.Code == Heartbeat)
            IsIdle = true;
        else if (status.Code == BadRequest || (status.Code == Conflict && status.Message == NatsHeaders.Messages.ConsumerIsPushBased))
            throw new NatsJSException($"The server refused to deliver: {status.Code} {status.MessageText}");
        else if (_settings.Once && status.Code is NotFound or Timeout or Conflict)
            Finish(SessionEnd.Done);
        else if (TryNumber(status, "Nats-Pending-Messages", out var msgs) && TryNumber(status, "Nats-Pending-Bytes", out var bytes))
            _budget.Release(msgs, bytes);
        else
            Refuse($"{status.Code} {status.MessageText}");
    }

    private static bool TryNumber(NatsHeaders headers, string name, out int number)
    {
        number = 0;
        return headers.TryGetLastValue(name, out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private ValueTask OnConnectionOpened(object? sender, NatsEventArgs? args)
    {
        Finish(SessionEnd.Reconnected);
        return ValueTask.CompletedTask;
    }

    // A reader that is busy elsewhere finds heartbeats in the queue, so only an empty one counts as silence.
    private void Listen()
    {
        if (_heard || _queue.Count > 0)
            _missed = 0;
        else if (++_missed >= MissedHeartbeats)
            Fall();
        _heard = false;
    }

    private void Fall()
    {
        Notify(new NatsJSTimeoutNotification());
        Finish(SessionEnd.Silent);
    }

    private void Refuse(string refusal)
    {
        Refusal = refusal;
        Finish(SessionEnd.Refused);
    }

    private void Finish(SessionEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, (int)end, (int)SessionEnd.None) != (int)SessionEnd.None)
            return;
        try
        {
            // Not on this thread: it may be the connection's, and a reader would go on working on it.
            _ = _ended.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The reader has left meanwhile.
        }
    }

    private void Notify(INatsJSNotification notification)
    {
        if (_settings.NotificationHandler is { } handler)
            _ = Task.Run(() => handler(notification, _cancellationToken), _cancellationToken);
    }
}
