using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace NATS.Client.Core;

/// <summary>
/// The messages of one subscription between the connection, which must never wait, and its readers. One side writes, and
/// shows what it wrote once for everything that came with one read of the socket; any number of readers take it out. The
/// array grows with the backlog up to the bound; then a message is dropped, the newest or the oldest as the options say.
/// </summary>
/// <remarks>
/// A reader copies the first message and then moves the head on, if nobody else has: only then is the copy its own. Places
/// are never cleared, since the writer may be filling them again by then; it alone writes to the array.
/// </remarks>
internal sealed class MessageQueue(QueueBounds bounds, ReceiveBufferPool pool)
{
    private const int InitialLength = 64;

    /// <summary>Receive buffers that a backlog may keep from being reused, bytes, before its messages are copied together.</summary>
    private const long FreelyPinned = 1024 * 1024;

    private readonly SpillBuffer _spill = new(pool);
    private Place[] _ring = new Place[InitialLength];
    private WriterSide _writer;
    private ReaderSide _reader;

    /// <summary>Messages dropped since the beginning.</summary>
    public long Dropped { get; private set; }

    /// <summary>Whether it is dropping now; it ends when the readers have caught up half-way.</summary>
    public bool IsSlow { get; private set; }

    public int Count => (int)Math.Max(0, Volatile.Read(ref _writer.Shown) - Volatile.Read(ref _reader.Head));

    public QueueSignal Signal { get; } = new();

    /// <summary>Takes a message in, unless it is full and the newest is to go; only for the connection's reading loop.</summary>
    /// <returns>How many messages had to be dropped for it; itself, perhaps.</returns>
    public int Write(in RawMessage message)
    {
        var dropped = 0;
        if (_writer.Tail == _writer.Shown)
            LookAtHead();
        while (true)
        {
            var pending = _writer.Tail - _writer.Head;
            var pendingBytes = _writer.Bytes - _writer.BytesBeforeHead;
            if (pending < bounds.Messages && pendingBytes + message.Extent <= bounds.Bytes && pending < _ring.Length)
            {
                IsSlow &= dropped > 0 || pending > bounds.Messages / 2;
                Store(message, pending, pendingBytes);
                return dropped;
            }

            if (LookAtHead())
                continue;
            if (pending < bounds.Messages && pendingBytes + message.Extent <= bounds.Bytes)
            {
                Grow(_writer.Head);
                continue;
            }

            IsSlow = true;
            var makesRoom = bounds.FullMode == BoundedChannelFullMode.DropOldest && pending > 0;
            if (makesRoom && !DropOldest())
                continue;
            Dropped++;
            dropped++;
            if (!makesRoom)
                return dropped;
        }
    }

    /// <summary>The readers write their head all the time: it is looked at once a stretch, and where there seems to be no room.</summary>
    /// <returns>Whether it has moved.</returns>
    private bool LookAtHead()
    {
        var head = Volatile.Read(ref _reader.Head);
        if (head == _writer.Head)
            return false;
        _writer.Head = head;
        _writer.BytesBeforeHead = head == _writer.Tail ? _writer.Bytes : _ring[head & (_ring.Length - 1)].BytesBefore;
        return true;
    }

    /// <summary>Shows the readers what has been written.</summary>
    public void Show()
    {
        if (ShowQuietly())
            Signal.Raise();
    }

    /// <returns>Whether somebody waits for it, and the signal must be raised.</returns>
    public bool ShowQuietly()
    {
        Volatile.Write(ref _writer.Shown, _writer.Tail);
        Interlocked.MemoryBarrier();
        return Signal.IsAwaited;
    }

    public bool TryRead(out RawMessage message) => TryTake(Volatile.Read(ref _writer.Shown), out message);

    /// <summary>Gives back whatever nobody will read.</summary>
    public void Discard()
    {
        while (TryRead(out var message))
            message.Buffer.Release();
    }

    private bool TryTake(long end, out RawMessage message)
    {
        while (true)
        {
            var head = Volatile.Read(ref _reader.Head);
            if (head >= end)
            {
                message = default;
                return false;
            }

            var ring = Volatile.Read(ref _ring);
            message = ring[head & (ring.Length - 1)].Message;
            if (Interlocked.CompareExchange(ref _reader.Head, head + 1, head) == head)
                return true;
        }
    }

    private bool DropOldest()
    {
        if (!TryTake(_writer.Tail, out var oldest))
            return false;
        oldest.Buffer.Release();
        return true;
    }

    private void Store(in RawMessage message, long pending, long pendingBytes)
    {
        if (pending == 0)
            _writer.Buffers = 0;
        if (!ReferenceEquals(message.Buffer, _writer.LastBuffer))
        {
            _writer.LastBuffer = message.Buffer;
            _writer.Buffers++;
        }

        ref var place = ref _ring[_writer.Tail & (_ring.Length - 1)];
        if (_writer.Buffers * (long)pool.BufferSize > FreelyPinned + (4 * pendingBytes) && _spill.TryCopy(message, out var copy))
            place.Message = copy;
        else
            place.Message = message;
        place.BytesBefore = _writer.Bytes;
        place.Message.Buffer.HandedOut++;
        _writer.Bytes += message.Extent;
        _writer.Tail++;
    }

    private void Grow(long head)
    {
        var larger = new Place[_ring.Length * 2];
        for (var i = head; i < _writer.Tail; i++)
            larger[i & (larger.Length - 1)] = _ring[i & (_ring.Length - 1)];
        Volatile.Write(ref _ring, larger);
    }

    private struct Place
    {
        public RawMessage Message;

        /// <summary>Bytes of all messages before this one.</summary>
        public long BytesBefore;
    }

    // The two sides run on different cores: what one writes all the time must not share a cache line with the other's.
    [StructLayout(LayoutKind.Auto)]
    private struct WriterSide
    {
#pragma warning disable CS0169 // Padding.
        private readonly Padding _before;
        public long Tail;
        public long Shown;
        public long Bytes;
        public long Head;
        public long BytesBeforeHead;
        public long Buffers;
        public ReceiveBuffer? LastBuffer;
        private readonly Padding _after;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct ReaderSide
    {
        public long Head;
        private readonly Padding _after;
#pragma warning restore CS0169
    }

    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Padding;
}

/// <summary>How much may wait in a subscription, and what happens to more.</summary>
internal readonly record struct QueueBounds(long Messages, long Bytes, BoundedChannelFullMode FullMode)
{
    /// <summary>What a subscription that asks to wait may hold before it drops: as many messages as other NATS clients allow.</summary>
    public const int WaitMessages = 512 * 1024;

    /// <summary>Bytes of messages that any subscription may hold, as other NATS clients have it.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    public static QueueBounds For(NatsOpts opts, NatsSubChannelOpts? channel)
    {
        var mode = channel?.FullMode ?? opts.SubPendingChannelFullMode;
        long capacity = Math.Max(1, channel?.Capacity ?? opts.SubPendingChannelCapacity);
        return new(mode == BoundedChannelFullMode.Wait ? Math.Max(capacity, WaitMessages) : capacity, MaxBytes, mode);
    }
}
