using System.Buffers.Text;
using System.Text;

namespace NATS.Client.Core;

/// <summary>
/// Where the replies to all requests of a connection arrive: one subscription, and behind its subject a number for each
/// request. The number is the waiter's slot and, above it, a count, so that a late reply meets nobody.
/// </summary>
internal sealed class RequestInbox : NatsSubBase
{
    private const int SlotBits = 20;
    private readonly Lock _gate = new();
    private readonly NatsConnection _connection;
    private readonly byte[] _prefix;
    private readonly Stack<ReplyWaiter> _free = new();
    private ReplyWaiter?[] _waiters = new ReplyWaiter?[16];
    private int _count;

    /// <summary>Its reply is there, and who asked goes on at the end of the stretch that is being read.</summary>
    private IAwaiter? _last;

    public RequestInbox(NatsConnection connection, string inbox)
        : base(inbox + ".*", null)
    {
        _connection = connection;
        _prefix = Encoding.UTF8.GetBytes(inbox + ".");
    }

    public int MaxReplyLength => _prefix.Length + 20;

    /// <summary>A waiter for one reply.</summary>
    /// <param name="timeout">How long it waits.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <param name="receiver">Is told, instead of who awaits the waiter's <see cref="ReplyWaiter.Reply"/>.</param>
    public ReplyWaiter Rent(TimeSpan timeout, CancellationToken cancellationToken, IReplyReceiver? receiver = null)
    {
        ReplyWaiter? waiter;
        lock (_gate)
        {
            if (!_free.TryPop(out waiter))
                waiter = AddWaiter();
        }

        waiter.Start(timeout, cancellationToken, receiver);
        return waiter;
    }

    /// <summary>Writes the subject for a waiter's reply and returns its length.</summary>
    public int WriteReply(ReplyWaiter waiter, Span<byte> reply)
    {
        _prefix.CopyTo(reply);
        Utf8Formatter.TryFormat((waiter.Ticket << SlotBits) | (uint)waiter.Slot, reply[_prefix.Length..], out var digits);
        return _prefix.Length + digits;
    }

    internal override void Receive(in RawMessage message)
    {
        var subject = message.Subject;
        if (subject.Length <= _prefix.Length
            || !Utf8Parser.TryParse(subject[_prefix.Length..], out ulong number, out var digits)
            || digits != subject.Length - _prefix.Length)
            return;
        var slot = (int)(number & ((1 << SlotBits) - 1));
        var waiters = Volatile.Read(ref _waiters);
        if (slot >= waiters.Length || waiters[slot]?.TryReply(number >> SlotBits, message) is not { } waiting)
            return;
        _last?.Resume(onThisThread: false);
        _last = waiting;
    }

    internal override IAwaiter? EndOfStretch()
    {
        var last = _last;
        _last = null;
        return last;
    }

    private protected override void OnEnd(Exception? error)
    {
        foreach (var waiter in Volatile.Read(ref _waiters))
            waiter?.TryFail(error ?? new NatsException("The connection was disposed before the reply came."));
    }

    private ReplyWaiter AddWaiter()
    {
        if (_count >= 1 << SlotBits)
            throw new NatsException($"A connection cannot wait for more than {_count} replies at once.");
        var waiters = _waiters;
        if (_count == waiters.Length)
            Array.Resize(ref waiters, _count * 2);
        var waiter = new ReplyWaiter(_connection.Time, _count, Return);
        waiters[_count++] = waiter;
        Volatile.Write(ref _waiters, waiters);
        return waiter;
    }

    private void Return(ReplyWaiter waiter)
    {
        lock (_gate)
        {
            _free.Push(waiter);
        }
    }
}
