using System.Buffers.Binary;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using SignalStream.Gateway.Relay;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Gateway;

/// <summary>A viewer's end of the line: keeps what was sent, and takes nothing more when a test says so.</summary>
internal sealed class FakeWire : IViewerWire
{
    private readonly List<byte> _bytes = [];
    private TaskCompletionSource? _stuck;

    /// <summary>Bytes that a call takes at most.</summary>
    public int Most { get; set; } = int.MaxValue;

    public int Calls { get; private set; }

    public bool Aborted { get; private set; }

    public bool Broken { get; set; }

    public bool IsOpen => true;

    /// <summary>What happens while it sends.</summary>
    public Action? Sending { get; set; }

    /// <summary>Frames and texts, without the messages' heads; what is not one whole message behind the other is an error.</summary>
    public IReadOnlyList<(WebSocketMessageType Type, byte[] Bytes)> Sent =>
        [.. Messages().Where(m => m.Opcode is 1 or 2).Select(m => (m.Opcode == 1 ? WebSocketMessageType.Text : WebSocketMessageType.Binary, m.Payload))];

    /// <summary>How many of them came compressed.</summary>
    public int Compressed => Messages().Count(m => m.IsCompressed);

    /// <summary>All bytes.</summary>
    public long Taken => _bytes.Count;

    public int Pings => Messages().Count(m => m.Opcode == 9);

    public (WebSocketCloseStatus Code, string? Reason)? ClosedWith =>
        Messages().Where(m => m.Opcode == 8).Select(m => m.Payload).FirstOrDefault() is { } close
            ? ((WebSocketCloseStatus)BinaryPrimitives.ReadUInt16BigEndian(close), Encoding.UTF8.GetString(close.AsSpan(2)))
            : null;

    /// <summary>From now on nothing is taken until <see cref="Unblock"/>.</summary>
    public void Block() => _stuck = new TaskCompletionSource();

    public void Unblock()
    {
        var stuck = _stuck;
        _stuck = null;
        stuck?.SetResult();
    }

    public int Send(ReadOnlySpan<byte> bytes)
    {
        if (Broken)
            throw new SocketException((int)SocketError.ConnectionReset);
        Calls++;
        Sending?.Invoke();
        var taken = _stuck is null ? Math.Min(Most, bytes.Length) : 0;
        _bytes.AddRange(bytes[..taken]);
        return taken;
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_stuck is { } stuck)
            await stuck.Task;
        _bytes.AddRange(bytes.Span);
    }

    public void Abort()
    {
        Aborted = true;
        _stuck?.TrySetException(new IOException("Aborted."));
    }

    private IEnumerable<(int Opcode, byte[] Payload, bool IsCompressed)> Messages()
    {
        var bytes = _bytes.ToArray();
        for (var at = 0; at < bytes.Length;)
        {
            var (head, length) = bytes[at + 1] switch
            {
                126 => (4, BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 2))),
                127 => (10, (int)BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(at + 2))),
                var small => (2, small),
            };
            Assert.True(at + head + length <= bytes.Length, "A message is cut off.");
            var payload = bytes[(at + head)..(at + head + length)];
            var isCompressed = (bytes[at] & Framing.Compressed) != 0;
            yield return (bytes[at] & 0x0F, isCompressed ? MessageDeflate.Inflate(payload) : payload, isCompressed);
            at += head + length;
        }
    }
}
