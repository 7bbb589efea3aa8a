namespace SignalStream.Messaging.Partitions;

/// <summary>
/// The last messages that the reader has seen, of all partitions: a partition just gained is fed from here, and seldom needs a
/// reader of its own.
/// </summary>
/// <remarks>Not safe for concurrent use. Payloads are copied into blocks that are used again, so that nothing is left to the collector.</remarks>
/// <param name="mostBytes">All that it keeps, the places of the messages included, bytes; 0: nothing.</param>
internal sealed class RecentMessages(long mostBytes)
{
    /// <summary>Longer than a dead owner is missed and its last checkpoint is old.</summary>
    private const long KeepNs = 8_000_000_000;
    private const int BlockBytes = 64 << 10;
    private const int BlockMessages = 1024;
    private const int PlaceBytes = 40;
    private const int MostFree = 16;

    private readonly Queue<Block> _blocks = new();
    private readonly Stack<Block> _free = new();
    private Block? _last;

    private readonly record struct Place(ulong Sequence, long StoredNs, Route Route, int Offset, int Length);

    private sealed class Block(int bytes)
    {
        public readonly byte[] Data = new byte[bytes];
        public readonly Place[] Places = new Place[BlockMessages];
        public int Count;
        public int Used;

        public long Bytes => Data.Length + (PlaceBytes * BlockMessages);

        public ref readonly Place Newest => ref Places[Count - 1];
    }

    /// <summary>All that the log has behind this sequence, up to what was added last, is here.</summary>
    public ulong From { get; private set; }

    /// <summary>What it takes, bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Begins anew.</summary>
    /// <param name="from">What is added from now on stands behind this sequence.</param>
    public void Clear(ulong from)
    {
        while (_blocks.Count > 0)
            DropOldest();
        From = from;
    }

    /// <summary>Keeps the next message of the log.</summary>
    public void Add(Route route, in LogMessage message)
    {
        if (!MakeRoom(message))
        {
            Clear(message.Sequence);
            return;
        }

        var block = _last!;
        message.Data.Span.CopyTo(block.Data.AsSpan(block.Used));
        block.Places[block.Count++] = new Place(message.Sequence, message.StoredNs, route, block.Used, message.Data.Length);
        block.Used += message.Data.Length;
    }

    /// <summary>The messages of a partition behind a sequence, in order.</summary>
    /// <param name="partition">Whose.</param>
    /// <param name="after">The last one that is known.</param>
    /// <param name="into">They are added to it, copied.</param>
    /// <returns>False when some may be missing: then nothing was added.</returns>
    public bool TryRead(int partition, ulong after, List<(Route Route, LogMessage Message)> into)
    {
        if (after < From)
            return false;
        foreach (var block in _blocks)
        {
            if (block.Newest.Sequence <= after)
                continue;
            foreach (ref readonly var place in block.Places.AsSpan(0, block.Count))
            {
                if (place.Route.Partition == partition && place.Sequence > after)
                    into.Add((place.Route, new LogMessage(place.Sequence, place.StoredNs, block.Data.AsSpan(place.Offset, place.Length).ToArray())));
            }
        }

        return true;
    }

    /// <summary>When a message was stored, ns since the Unix epoch; null when it is not here.</summary>
    public long? StoredNsOf(ulong sequence)
    {
        foreach (var block in _blocks)
        {
            if (block.Newest.Sequence < sequence)
                continue;
            foreach (ref readonly var place in block.Places.AsSpan(0, block.Count))
            {
                if (place.Sequence == sequence)
                    return place.StoredNs;
            }

            return null;
        }

        return null;
    }

    private bool MakeRoom(in LogMessage message)
    {
        if (_last is { Count: < BlockMessages } last && last.Data.Length - last.Used >= message.Data.Length)
            return true;
        while (_blocks.TryPeek(out var oldest) && message.StoredNs - oldest.Newest.StoredNs > KeepNs)
            DropOldest();
        var block = message.Data.Length <= BlockBytes && _free.TryPop(out var free) ? free : new Block(Math.Max(BlockBytes, message.Data.Length));
        while (Bytes + block.Bytes > mostBytes && _blocks.Count > 0)
            DropOldest();
        if (block.Bytes > mostBytes)
            return false;
        _blocks.Enqueue(block);
        Bytes += block.Bytes;
        _last = block;
        return true;
    }

    private void DropOldest()
    {
        var block = _blocks.Dequeue();
        (From, Bytes) = (block.Newest.Sequence, Bytes - block.Bytes);
        (block.Count, block.Used) = (0, 0);
        if (_blocks.Count == 0)
            _last = null;
        if (block.Data.Length == BlockBytes && _free.Count < MostFree)
            _free.Push(block);
    }
}
