using System.Net.WebSockets;

namespace SignalStream.UnitTests.Gateway;

/// <summary>What a viewer sends, fragment by fragment as a test says.</summary>
internal sealed class FakeWebSocket : WebSocket
{
    private readonly LinkedList<(WebSocketMessageType Type, byte[] Bytes, bool End)> _incoming = new();

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => WebSocketState.Open;

    public override string? SubProtocol => null;

    /// <summary>A fragment of what the viewer sends.</summary>
    public void Push(WebSocketMessageType type, byte[] bytes, bool end) => _incoming.AddLast((type, bytes, end));

    public override Task SendAsync(
        ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override Task CloseOutputAsync(
        WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var (type, bytes, end) = _incoming.First!.Value;
        var taken = Math.Min(buffer.Length, bytes.Length);
        var whole = taken == bytes.Length;
        bytes.AsSpan(0, taken).CopyTo(buffer.Span);
        _incoming.RemoveFirst();
        if (!whole)
            _incoming.AddFirst((type, bytes[taken..], end));
        return new(new ValueWebSocketReceiveResult(taken, type, whole && end));
    }

    public override void Abort()
    {
    }

    public override void Dispose()
    {
    }

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
