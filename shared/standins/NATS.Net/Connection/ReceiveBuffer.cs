namespace NATS.Client.Core;

/// <summary>
/// Bytes as the socket delivered them, with a count of the messages that still lie in them. The reading side hands messages
/// out without touching the shared count: it starts far above zero, and the difference is settled once, when the buffer is
/// full.
/// </summary>
internal sealed class ReceiveBuffer
{
    private const int Open = int.MaxValue / 2;
    private readonly ReceiveBufferPool? _pool;
    private int _references = Open;

    public ReceiveBuffer(int size, ReceiveBufferPool? pool)
    {
        Bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        _pool = pool;
    }

    public byte[] Bytes { get; private set; }

    /// <summary>Messages handed out so far; the reading side's own.</summary>
    public int HandedOut { get; set; }

    /// <summary>One message is done with.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
            Free();
    }

    /// <summary>The reading side is done with it: the last message brings it back.</summary>
    public void Seal()
    {
        if (Interlocked.Add(ref _references, HandedOut - Open) == 0)
            Free();
    }

    /// <summary>Starts over where no message is out any more; only for the reading side.</summary>
    public bool TryReset()
    {
        if (HandedOut != 0 && Volatile.Read(ref _references) != Open - HandedOut)
            return false;
        Reset();
        return true;
    }

    private void Free()
    {
        if (_pool is not null)
            _pool.Return(this);
        else
            Bytes = [];
    }

    internal void Reset()
    {
        HandedOut = 0;
        Volatile.Write(ref _references, Open);
    }
}

/// <summary>Keeps some buffers of one size; what a program holds longer is the garbage collector's.</summary>
internal sealed class ReceiveBufferPool(int size)
{
    /// <summary>Buffers kept once they were needed: of 64 KiB at most 8 MiB a connection, a backlog that comes and goes.</summary>
    private const int MaxKept = 128;

    private readonly Lock _gate = new();
    private readonly Stack<ReceiveBuffer> _buffers = new();

    public int BufferSize => size;

    public ReceiveBuffer Rent()
    {
        lock (_gate)
        {
            if (_buffers.TryPop(out var buffer))
                return buffer;
        }

        return new ReceiveBuffer(size, this);
    }

    public void Return(ReceiveBuffer buffer)
    {
        buffer.Reset();
        lock (_gate)
        {
            if (_buffers.Count < MaxKept)
                _buffers.Push(buffer);
        }
    }
}
