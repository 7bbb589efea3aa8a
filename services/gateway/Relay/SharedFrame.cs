using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay.Thinning;
using SignalStream.Messaging;

namespace SignalStream.Gateway.Relay;

/// <summary>Why samples are missing: the last byte of a gap frame.</summary>
internal enum GapReason : byte
{
    Unknown = 0,
    BeforeGateway = 1,
    DroppedForViewer = 2,
    NoLongerInLog = 3,
}

/// <summary>A frame as viewers get it, topic filled in: written once, shared by all, returned when the last is done.</summary>
/// <remarks>Before it there is room for the head of the WebSocket message, so that the whole message is one stretch of memory.</remarks>
internal sealed class SharedFrame
{
    /// <summary>Where the frame begins in its buffer; with the values behind its header aligned.</summary>
    internal const int Offset = 16;

    private readonly FramePool _pool;
    private readonly byte[] _buffer;
    private readonly int _head;
    private int _holders = 1;
    private byte[]? _deflated;

    internal SharedFrame(FramePool pool, byte[] buffer, int length, FrameHeader header, SignalEvent? carried)
    {
        _pool = pool;
        _buffer = buffer;
        Length = length;
        Header = header;
        Event = carried;
        Covers = CoverOf(header, buffer.AsSpan(Offset));
        Samples = header.Kind is FrameKind.Samples or FrameKind.Envelope ? (long)Covers : 0;
        _head = Framing.HeadLength(length);
        Framing.WriteHead(buffer.AsSpan(Offset - _head), Framing.Binary, length);
    }

    public FrameHeader Header { get; }

    public int Length { get; }

    /// <summary>What an event frame carries.</summary>
    public SignalEvent? Event { get; }

    /// <summary>Places from <c>First</c> on that the frame accounts for: its samples, or those that are missing.</summary>
    public ulong Covers { get; }

    /// <summary>Samples a channel that a viewer learns of through this frame.</summary>
    public long Samples { get; }

    /// <summary>Channels of samples or of an envelope.</summary>
    public int Channels => Header.Channels(Length);

    /// <summary>What viewers of envelopes get in its place; released with it.</summary>
    public ThinnedFrame[] Thinned { get; private set; } = [];

    /// <summary>Bit s: envelopes of scale s are being made, from this frame's next block on at the latest.</summary>
    public int Levels { get; private set; }

    /// <summary>Its number among the stream's frames; by its maker, as <see cref="Attach"/>.</summary>
    public long Serial { get; set; }

    /// <summary>It does not follow the frame before it.</summary>
    public bool IsBreak { get; private set; }

    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _holders) <= 0, this);
            return _buffer.AsMemory(Offset, Length);
        }
    }

    /// <summary>The frame as a whole WebSocket message.</summary>
    public ReadOnlyMemory<byte> Message
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _holders) <= 0, this);
            return _buffer.AsMemory(Offset - _head, _head + Length);
        }
    }

    /// <summary>The frame as a compressed message, made for the first who wants it; null where that is not shorter.</summary>
    public byte[]? Deflated => (_deflated ??= Deflation.Message(Framing.Binary, Bytes.Span)) is { Length: > 0 } shorter ? shorter : null;

    /// <summary>By its maker, before anybody else has it.</summary>
    public void Attach(ThinnedFrame[] thinned, int levels, bool isBreak) => (Thinned, Levels, IsBreak) = (thinned, levels, isBreak);

    /// <summary>One more will release it; only who holds it may share it.</summary>
    public SharedFrame Hold()
    {
        ObjectDisposedException.ThrowIf(Interlocked.Increment(ref _holders) <= 1, this);
        return this;
    }

    public void Release()
    {
        var left = Interlocked.Decrement(ref _holders);
        ObjectDisposedException.ThrowIf(left < 0, this);
        if (left != 0)
            return;
        foreach (var made in Thinned)
            made.Frame.Release();
        _pool.Return(_buffer);
    }

    /// <summary>Places that a checked frame accounts for.</summary>
    public static ulong CoverOf(FrameHeader header, ReadOnlySpan<byte> frame) => header.Kind switch
    {
        FrameKind.Samples => (ulong)header.Count,
        FrameKind.Envelope => (ulong)header.Count << header.Scale,
        FrameKind.Gap => BinaryPrimitives.ReadUInt64LittleEndian(frame[FrameHeader.Size..]),
        _ => 0,
    };
}

/// <summary>Makes frames for viewers in pooled memory.</summary>
internal sealed class FramePool(ArrayPool<byte> buffers)
{
    private long _rented;

    public FramePool()
        : this(ArrayPool<byte>.Shared)
    {
    }

    /// <summary>Frames that somebody holds.</summary>
    public long Rented => Interlocked.Read(ref _rented);

    /// <summary>A frame from the bus under the gateway's number.</summary>
    public SharedFrame Copy(ReadOnlySpan<byte> frame, FrameHeader header, uint topic)
    {
        var buffer = Rent(frame.Length);
        frame.CopyTo(buffer.AsSpan(SharedFrame.Offset));
        FrameHeader.WriteTopic(buffer.AsSpan(SharedFrame.Offset), topic);
        return new SharedFrame(this, buffer, frame.Length, header with { Topic = topic }, null);
    }

    /// <summary>A frame of its own with the same bytes, on which other envelopes may hang.</summary>
    public SharedFrame Clone(SharedFrame frame)
    {
        var buffer = Rent(frame.Length);
        frame.Bytes.Span.CopyTo(buffer.AsSpan(SharedFrame.Offset));
        return new SharedFrame(this, buffer, frame.Length, frame.Header, frame.Event);
    }

    /// <summary>An event from its log.</summary>
    /// <param name="topic">The gateway's number for the event's stream.</param>
    /// <param name="rateHz">Of that stream; 0 when not known.</param>
    /// <param name="logged">The event, its sequence and its protobuf.</param>
    public SharedFrame Event(uint topic, float rateHz, Messaging.Logs.LoggedEvent logged)
    {
        var place = logged.Event.Place;
        var header = new FrameHeader(FrameKind.Event, 0, 0, topic, place.Epoch, rateHz, logged.Sequence, place.TimeNs);
        var buffer = Rent(FrameHeader.Size + logged.Bytes.Length);
        header.Write(buffer.AsSpan(SharedFrame.Offset));
        logged.Bytes.Span.CopyTo(buffer.AsSpan(SharedFrame.Offset + FrameHeader.Size));
        return new SharedFrame(this, buffer, FrameHeader.Size + logged.Bytes.Length, header, logged.Event);
    }

    /// <summary>Tells of samples that are missing.</summary>
    public SharedFrame Gap(uint topic, Stretch missing, GapReason reason)
    {
        var header = new FrameHeader(
            FrameKind.Gap, 0, 0, topic, missing.Epoch, missing.RateHz, missing.First, missing.TimeNs);
        var buffer = Rent(FrameHeader.Size + FrameHeader.GapPayload);
        var frame = buffer.AsSpan(SharedFrame.Offset);
        header.Write(frame);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[FrameHeader.Size..], missing.Length);
        frame[FrameHeader.Size + sizeof(ulong)] = (byte)reason;
        return new SharedFrame(this, buffer, FrameHeader.Size + FrameHeader.GapPayload, header, null);
    }

    /// <summary>The first columns of an envelope that is being gathered.</summary>
    /// <param name="header">With the number of columns.</param>
    /// <param name="columns">Minimum and maximum in turn, a row a channel.</param>
    public SharedFrame Envelope(FrameHeader header, float[][] columns) => Rows(header, columns, 2 * header.Count);

    /// <summary>The part of samples or of an envelope from one place up to another, both inside it and between columns.</summary>
    public SharedFrame Part(SharedFrame whole, ulong from, ulong to)
    {
        var scale = whole.Header.Scale;
        var perPlace = whole.Header.Kind == FrameKind.Envelope ? 2 : 1;
        var (skip, count) = (perPlace * (int)((from - whole.Header.First) >> scale), (int)((to - from) >> scale));
        var values = FrameHeader.Values(whole.Bytes.Span);
        var rows = new float[whole.Channels][];
        for (var channel = 0; channel < rows.Length; channel++)
            rows[channel] = values.Slice(channel * perPlace * whole.Header.Count + skip, perPlace * count).ToArray();
        return Rows(whole.Header with { Count = count, First = from, TimeNs = whole.Header.TimeOf(from) }, rows, perPlace * count);
    }

    internal void Return(byte[] buffer)
    {
        Interlocked.Decrement(ref _rented);
        buffers.Return(buffer);
    }

    private SharedFrame Rows(FrameHeader header, float[][] rows, int each)
    {
        var length = FrameHeader.Size + sizeof(float) * each * rows.Length;
        var buffer = Rent(length);
        var frame = buffer.AsSpan(SharedFrame.Offset, length);
        header.Write(frame);
        var values = MemoryMarshal.Cast<byte, float>(frame[FrameHeader.Size..]);
        for (var channel = 0; channel < rows.Length; channel++)
            rows[channel].AsSpan(0, each).CopyTo(values[(channel * each)..]);
        return new SharedFrame(this, buffer, length, header, null);
    }

    private byte[] Rent(int length)
    {
        Interlocked.Increment(ref _rented);
        return buffers.Rent(SharedFrame.Offset + length);
    }
}
