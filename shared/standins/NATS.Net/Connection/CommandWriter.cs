using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

internal enum PublishOutcome
{
    /// <summary>Written; it will be sent.</summary>
    Taken,

    /// <summary>The peer does not take as much: wait for room.</summary>
    NoRoom,

    /// <summary>Disconnected, and as much is kept as is allowed.</summary>
    PendingFull,

    /// <summary>No connection has been asked for yet, or there will be none any more.</summary>
    Closed,
}

/// <summary>
/// Gathers commands in one buffer while the other is being sent. Whoever finds nobody sending sends: itself, if the
/// connection has been quiet, which is fastest for one message; else by a crew of the writer's own, so that more gathers
/// meanwhile. Under pressure, once the system took no more and has megabytes still to go, publishers send larger pieces
/// themselves: what they wrote is in their own core's cache. What is left at the end, for which the crew looks, has those
/// megabytes before it.
/// Without a connection publishes are kept, up to a bound, and sent after the next connection's subscriptions.
/// </summary>
internal sealed partial class CommandWriter(int bufferSize, TimeProvider time) : IDisposable
{
    /// <summary>Most bytes that gather while a send is under way: more would only wait longer, and leave the cache.</summary>
    public const int MaxGathered = 256 * 1024;

    /// <summary>Most bytes of publishes that are kept while disconnected, as other NATS clients have it.</summary>
    public const int MaxPending = 8 * 1024 * 1024;

    /// <summary>What publishers let gather under pressure before one of them sends it.</summary>
    private const int Piece = 64 * 1024;

    /// <summary>Sent at once where the system has no room: so many bytes are of unknown fate when the connection breaks then.</summary>
    private const int WaitingSend = 16 * 1024;

    /// <summary>A connection on which nothing was sent for so long is quiet.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMicroseconds(50);

    /// <summary>When, under pressure, something is sent of which no publisher has made a piece.</summary>
    private static readonly TimeSpan Straggle = TimeSpan.FromMilliseconds(1);

    private readonly ShortLock _gate = new();
    private readonly LastSubject _last = new();
    private byte[] _gathering = new byte[bufferSize];
    private int _gathered;
    private bool _accepts;
    private bool _isSending;
    private Transport? _transport;
    private readonly List<RoomWaiter> _awaitRoom = [];
    private TaskCompletionSource? _idle;
    private bool _pausing;

    // The writer's own threads, once they are needed, and what calls them.
    private readonly AutoResetEvent _call = new(false);
    private Task? _crew;
    private bool _crewSends;
    private volatile bool _isOver;

    // Under pressure, and for as long after it as publishers keep making pieces.
    private volatile bool _underPressure;
    private bool _sentPieces;
    private bool _isUrgent;

    /// <summary>Length of the command that gathers first, if it has been cut in two already.</summary>
    private int _again;

    // These belong to whoever is sending.
    private byte[] _sending = new byte[bufferSize];
    private int _toSend;
    private int _sent;
    private int _sendingAgain;
    private long _lastSend;

    /// <summary>
    /// Publishes of which two connections in a row have ended in the middle: the server most likely ends them for the message,
    /// and sending it for ever would hold up all the others.
    /// </summary>
    public int GivenUp { get; private set; }

    public PublishOutcome TryPublish(string subject, ReplySubject reply, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, bool check)
    {
        var most = ClientCommands.MaxPublishLength(subject, reply, headers.Length, payload.Length);
        bool mustSend;
        using (_gate.Hold())
        {
            if (!_accepts)
                return PublishOutcome.Closed;
            if (_gathered + most > _gathering.Length)
            {
                var outcome = MakeRoom(most);
                if (outcome != PublishOutcome.Taken)
                    return outcome;
            }

            _gathered += Write(_gathering.AsSpan(_gathered), subject, reply, headers, payload, check);
            mustSend = !MayStraggle && MustSend();
        }

        if (mustSend)
            Send();
        return PublishOutcome.Taken;
    }

    private int Write(Span<byte> room, string subject, ReplySubject reply, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, bool check)
    {
        var isPlain = headers.IsEmpty && reply.IsNone;
        if (isPlain && _last.Is(subject, room.Length))
            return ClientCommands.WritePublish(room, _last, payload);
        var length = ClientCommands.WritePublish(room, subject, reply, headers, payload, check);
        if (isPlain && check)
            _last.Remember(subject, room[..length]);
        _isUrgent |= !reply.Bytes.IsEmpty;
        return length;
    }

    /// <summary>Adds a command of the connection itself; without a connection it is not wanted.</summary>
    public void Append(ReadOnlySpan<byte> command)
    {
        bool mustSend;
        using (_gate.Hold())
        {
            mustSend = Gather(command);
        }

        if (mustSend)
            Send();
    }

    /// <summary>
    /// Changes what each connection opens with, under the lock under which one begins: a new one either opens with the change
    /// or is sent the command.
    /// </summary>
    public void Change<TState>(TState state, Func<TState, byte[]?> change)
    {
        bool mustSend;
        using (_gate.Hold())
        {
            mustSend = change(state) is { } command && Gather(command);
        }

        if (mustSend)
            Send();
    }

    /// <summary>Whether publishes are taken: kept while there is no connection.</summary>
    public void Accept(bool accepts)
    {
        using (_gate.Hold())
        {
            _accepts = accepts;
            SignalRoom()?.Resume(onThisThread: false);
        }
    }

    /// <summary>Waits until there may be room; whether there is the next attempt tells.</summary>
    public Task WaitForRoomAsync()
    {
        using (_gate.Hold())
        {
            if (_gathered == 0 && _transport is not null)
                return Task.CompletedTask;
            var waiter = new RoomWaiter();
            _awaitRoom.Add(waiter);
            return waiter.Task;
        }
    }

    /// <summary>Starts on a connection: first what opens it, then what has been kept.</summary>
    public void Attach(Transport transport, Func<byte[]> opening)
    {
        using (_gate.Hold())
        {
            _sending = opening();
            _toSend = _sending.Length;
            _sent = _sendingAgain = 0;
            _transport = transport;
            _isSending = true;
            _pausing = _underPressure = false;
            SignalRoom()?.Resume(onThisThread: false);
        }

        CallCrew();
    }

    /// <summary>
    /// Sends nothing more on this connection once all that has gathered is sent; what comes then is kept for the next one.
    /// </summary>
    public Task PauseAsync(Transport transport)
    {
        Task idle;
        bool mustSend;
        using (_gate.Hold())
        {
            if (_transport != transport)
                return Task.CompletedTask;
            if (!_isSending && _gathered == 0)
            {
                _transport = null;
                return Task.CompletedTask;
            }

            _pausing = true;
            mustSend = MustSend();
            idle = (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        if (mustSend)
            CallCrew();
        return idle;
    }

    /// <summary>Lets go of a connection that is gone, and keeps the publishes that it did not take.</summary>
    public async Task DetachAsync()
    {
        Task? idle = null;
        Volatile.Read(ref _transport)?.Dispose();
        using (_gate.Hold())
        {
            if (_isSending)
                idle = (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        if (idle is not null)
            await idle.ConfigureAwait(false);
        using (_gate.Hold())
        {
            _transport = null;
            KeepUnsent();
            SignalRoom()?.Resume(onThisThread: false);
        }
    }

    /// <summary>Nothing is sent any more, once detached.</summary>
    public void Dispose()
    {
        _isOver = true;
        _call.Set();
    }

    private bool Gather(ReadOnlySpan<byte> command)
    {
        if (_transport is null)
            return false;
        if (_gathered + command.Length > _gathering.Length)
            Array.Resize(ref _gathering, Math.Max(_gathering.Length * 2, _gathered + command.Length));
        command.CopyTo(_gathering.AsSpan(_gathered));
        _gathered += command.Length;
        _isUrgent = true;
        return MustSend();
    }

    /// <summary>Grows the buffer as far as it may; a message that is longer than that has it for itself.</summary>
    private PublishOutcome MakeRoom(long most)
    {
        var limit = _transport is null ? MaxPending : MaxGathered;
        if (_gathered + most > limit && (_gathered > 0 || _transport is null))
            return _transport is null ? PublishOutcome.PendingFull : PublishOutcome.NoRoom;
        Array.Resize(ref _gathering, (int)Math.Max(Math.Min(_gathering.Length * 2L, limit), _gathered + most));
        return PublishOutcome.Taken;
    }

    /// <summary>Whether what has gathered will be sent with more, or soon.</summary>
    private bool MayStraggle => _underPressure && !_isUrgent && !_pausing && _gathered < Piece;

    private bool MustSend()
    {
        if (_isSending || _transport is null)
            return false;
        return _isSending = true;
    }

    private void KeepUnsent()
    {
        if (_sent > 0 && _sent < _sendingAgain)
        {
            GivenUp++;
            _sent = _sendingAgain;
        }

        var again = _sent == 0 ? Math.Max(_again, _sendingAgain) : _again;
        var kept = new byte[Math.Max(bufferSize, _toSend + _gathered)];
        var length = ClientCommands.CopyUnsentPublishes(_sending.AsSpan(0, _toSend), _sent, kept, out var cut);
        length += ClientCommands.CopyUnsentPublishes(_gathering.AsSpan(0, _gathered), 0, kept.AsSpan(length), out _);
        _gathering = kept;
        _gathered = length;
        _again = cut > 0 ? cut : again;
        _toSend = _sent = _sendingAgain = 0;
    }

    /// <returns>One of those who waited; the others go on already.</returns>
    private RoomWaiter? SignalRoom()
    {
        RoomWaiter? last = null;
        foreach (var waiter in _awaitRoom)
        {
            last?.Resume(onThisThread: false);
            last = waiter;
        }

        _awaitRoom.Clear();
        return last;
    }

    private sealed class RoomWaiter : TaskCompletionSource, IAwaiter
    {
        public void Resume(bool onThisThread)
        {
            if (onThisThread)
                TrySetResult();
            else
                ThreadPool.UnsafeQueueUserWorkItem(static waiter => waiter.TrySetResult(), this, preferLocal: false);
        }
    }
}
