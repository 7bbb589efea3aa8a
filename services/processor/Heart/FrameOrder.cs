using SignalStream.Contracts;

namespace SignalStream.Processor.Heart;

/// <summary>Puts the frames of an epoch in order: which have come before, which wait behind a gap.</summary>
/// <remarks>A producer resends, so frames behind a gap wait for two seconds of the log's time before it counts as one.</remarks>
internal sealed class FrameOrder
{
    private const long GapAfterNs = 2_000_000_000;
    private const int MostWaiting = 256;

    private readonly SortedList<ulong, byte[]> _waiting = [];
    private long _gapSinceNs;

    /// <summary>Index of the sample that comes next.</summary>
    public ulong Next { get; set; }

    public bool IsWaiting => _waiting.Count > 0;

    /// <summary>Whether all of a frame has come before.</summary>
    public bool IsRepeat(in FrameHeader header) => header.First + (ulong)header.Count <= Next;

    public void Begin(ulong next)
    {
        Next = next;
        _waiting.Clear();
        _gapSinceNs = 0;
    }

    /// <summary>Keeps a frame that lies behind a gap.</summary>
    public void Wait(ReadOnlyMemory<byte> frame, in FrameHeader header, long storedNs)
    {
        if (_gapSinceNs == 0)
            _gapSinceNs = storedNs;
        _waiting[header.First] = frame.ToArray();
    }

    /// <summary>Whether what is missing will not come any more.</summary>
    public bool IsLost(long logNs) => IsWaiting && (logNs - _gapSinceNs >= GapAfterNs || _waiting.Count > MostWaiting);

    /// <summary>The first frame that waits; only while one does.</summary>
    public ReadOnlySpan<byte> Peek() => _waiting.Values[0];

    /// <summary>Gives the next frame that now follows; the ones behind it wait anew.</summary>
    public bool TryTake(long logNs, out byte[] frame, out FrameHeader header)
    {
        (frame, header) = ([], default);
        if (!IsWaiting)
            _gapSinceNs = 0;
        if (!IsWaiting || _waiting.Keys[0] > Next)
            return false;
        frame = _waiting.Values[0];
        _waiting.RemoveAt(0);
        FrameHeader.TryRead(frame, out header);
        _gapSinceNs = logNs;
        return true;
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(Next);
        writer.Write(_gapSinceNs);
        writer.Write(_waiting.Count);
        foreach (var frame in _waiting.Values)
        {
            writer.Write(frame.Length);
            writer.Write(frame);
        }
    }

    public void Restore(BinaryReader reader)
    {
        Begin(reader.ReadUInt64());
        _gapSinceNs = reader.ReadInt64();
        RestoreWaiting(reader);
    }

    /// <summary>The frames that waited, as version 1 wrote them too.</summary>
    public void RestoreWaiting(BinaryReader reader)
    {
        for (var waiting = reader.ReadInt32(); waiting > 0; waiting--)
        {
            var frame = reader.ReadBytes(reader.ReadInt32());
            if (FrameHeader.TryRead(frame, out var header) == FrameError.None)
                _waiting[header.First] = frame;
        }
    }
}
