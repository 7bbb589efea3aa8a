using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using SignalStream.Contracts;
using SignalStream.TestKit;

namespace SignalStream.Benchmarks.Relay;

/// <summary>One viewer on a bare socket: connects, asks, and follows what it gets sample by sample.</summary>
internal sealed class LoadViewer : IFrameSink, IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Dialect _dialect;
    private readonly Dictionary<uint, ulong> _next = [];
    private byte[] _rest = [];
    private LoadCounts _counts = null!;
    private long _now;

    private LoadViewer(Dialect dialect) => _dialect = dialect;

    public int Descriptor => (int)_socket.Handle;

    /// <summary>Upgrades and asks for its streams, which follow each other in the list and start over at its end.</summary>
    public static LoadViewer Connect(IPEndPoint server, Dialect dialect, IReadOnlyList<string> streams, int first, int count, int receiveBuffer)
    {
        var viewer = new LoadViewer(dialect);
        if (receiveBuffer > 0)
            viewer._socket.ReceiveBufferSize = receiveBuffer;
        viewer._socket.Connect(server);
        // Where it would be taken without being asked for it is not offered: the others are measured plain.
        var offer = dialect.Path([]).Contains("compress=1", StringComparison.Ordinal) ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "";
        string[] own = [.. Enumerable.Range(first, count).Select(i => streams[i % streams.Count])];
        viewer._socket.Send(Encoding.ASCII.GetBytes(
            $"GET {dialect.Path(own)} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{offer}\r\n"));
        viewer.ReadHead();
        foreach (var (text, bytes) in dialect.Ask(own))
            viewer._socket.Send(Masked(text, bytes));
        viewer._socket.Blocking = false;
        return viewer;
    }

    /// <summary>Reads what is there, at most <paramref name="most"/> bytes; false when the connection has ended.</summary>
    public bool Read(byte[] buffer, int most, LoadCounts counts)
    {
        _rest.CopyTo(buffer, 0);
        var got = _socket.Receive(buffer.AsSpan(_rest.Length, Math.Min(most, buffer.Length - _rest.Length)), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return true;
        if (error != SocketError.Success || got == 0)
            return false;
        (_counts, _now) = (counts, Load.NowNs());
        var used = Messages(buffer.AsSpan(0, _rest.Length + got));
        _rest = buffer.AsSpan(used, _rest.Length + got - used).ToArray();
        return true;
    }

    public void Frame(ReadOnlySpan<byte> frame)
    {
        if (FrameHeader.TryRead(frame, out var header) != FrameError.None)
            _counts.Bad++;
        else if (header.Kind == FrameKind.Gap)
            Follow(header, header.Topic, BinaryPrimitives.ReadUInt64LittleEndian(frame[FrameHeader.Size..]));
        else if (header.Kind == FrameKind.Envelope)
            Follow(header, header.Topic, (ulong)header.Count << header.Scale);
        else if (header.Kind == FrameKind.Samples)
            Follow(header, header.Topic != 0 ? header.Topic : (uint)MemoryMarshal.Read<float>(frame[FrameHeader.Size..]), (ulong)header.Count);
    }

    public void Dispose() => _socket.Dispose();

    private void Follow(FrameHeader header, uint stream, ulong covers)
    {
        ref var next = ref CollectionsMarshal.GetValueRefOrAddDefault(_next, stream, out var known);
        if (known && header.First < next)
            _counts.Repeats++;
        else if (known && header.First > next)
            _counts.SilentGaps++;
        next = header.First + covers;
        if (header.Kind == FrameKind.Gap)
        {
            _counts.ToldGaps++;
            return;
        }

        if (header.Kind == FrameKind.Envelope)
        {
            _counts.Thinned++;
            return;
        }

        _counts.Delivered++;
        _counts.Delays.Add(_now - header.TimeNs);
    }

    /// <summary>Walks over whole WebSocket messages and gives the bytes used; servers here do not fragment.</summary>
    private int Messages(ReadOnlySpan<byte> bytes)
    {
        var used = 0;
        while (bytes.Length - used >= 2)
        {
            var head = bytes[used..];
            var (start, length) = (head[1] & 0x7F) switch
            {
                126 => (4, head.Length < 4 ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(head[2..])),
                127 => (10, head.Length < 10 ? int.MaxValue : (int)BinaryPrimitives.ReadUInt64BigEndian(head[2..])),
                var small => (2, small),
            };
            if (length > head.Length - start)
                break;
            if ((head[0] & 0x0F) is 1 or 2)
            {
                var message = head.Slice(start, length);
                _counts.Bytes += start + length;
                _dialect.Read((head[0] & 0x0F) == 1, (head[0] & 0x40) == 0 ? message : MessageDeflate.Inflate(message.ToArray()), this);
            }

            used += start + length;
        }

        return used;
    }

    private void ReadHead()
    {
        var head = new byte[1024];
        var length = 0;
        // Byte by byte at the end: what follows the head is for the reading threads.
        while (length < 4 || !head.AsSpan(length - 4, 4).SequenceEqual("\r\n\r\n"u8))
        {
            if (length == head.Length || _socket.Receive(head, length, 1, SocketFlags.None) == 0)
                throw new InvalidOperationException("The server closed in the middle of the upgrade.");
            length++;
        }

        if (!head.AsSpan().StartsWith("HTTP/1.1 101"u8))
            throw new InvalidOperationException("No upgrade: " + Encoding.ASCII.GetString(head, 0, length));
    }

    // A mask of zeros leaves the payload as it is.
    private static byte[] Masked(bool text, byte[] payload)
    {
        var first = (byte)(text ? 0x81 : 0x82);
        return payload.Length < 126
            ? [first, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload]
            : [first, 0xFE, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0, .. payload];
    }
}
