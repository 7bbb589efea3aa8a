using System.Buffers;
using System.Net.WebSockets;

namespace SignalStream.Gateway.WebSockets;

/// <summary>A message as it came in, or why there is none.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">Of a text or a binary; their memory is the reader's until the next call.</param>
internal readonly record struct Incoming(IncomingKind Kind, ReadOnlyMemory<byte> Bytes = default);

internal enum IncomingKind
{
    Text,
    Binary,
    TooBig,
    Closed,
}

/// <summary>Reads whole messages up to a bound. An idle viewer holds no buffer.</summary>
internal sealed class MessageReader(WebSocket socket, int maxBytes) : IDisposable
{
    private byte[] _buffer = [];

    public async Task<Incoming> ReadAsync(CancellationToken cancellationToken)
    {
        Return();
        // Waits without a buffer: most viewers are silent most of the time.
        var result = await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        var length = 0;
        while (result.MessageType != WebSocketMessageType.Close && !result.EndOfMessage)
        {
            if (length > maxBytes)
                return new Incoming(IncomingKind.TooBig);
            if (length == _buffer.Length)
                Grow(length);
            result = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            length += result.Count;
        }

        return result.MessageType switch
        {
            WebSocketMessageType.Close => new Incoming(IncomingKind.Closed),
            _ when length > maxBytes => new Incoming(IncomingKind.TooBig),
            WebSocketMessageType.Binary => new Incoming(IncomingKind.Binary, _buffer.AsMemory(0, length)),
            _ => new Incoming(IncomingKind.Text, _buffer.AsMemory(0, length)),
        };
    }

    public void Dispose() => Return();

    private void Grow(int used)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(1024, Math.Min(2 * used, maxBytes + 1)));
        _buffer.AsSpan(0, used).CopyTo(larger);
        Return();
        _buffer = larger;
    }

    private void Return()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
