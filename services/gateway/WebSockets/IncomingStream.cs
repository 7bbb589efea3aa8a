using System.Buffers.Binary;
using System.Net.WebSockets;
using SignalStream.Gateway.Relay;

namespace SignalStream.Gateway.WebSockets;

/// <summary>What the framework's WebSocket reads from and answers into: what it writes by itself, a pong or a close, goes by the viewer's queue.</summary>
/// <remarks>There is one writer to a connection then. The first bytes that come also say that the answer to the upgrade has arrived.</remarks>
internal sealed class IncomingStream(Stream upgraded, Viewer viewer, RateLimit rate) : Stream
{
    private bool _opened;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await upgraded.ReadAsync(buffer, cancellationToken);
        if (read == 0)
            return 0;
        viewer.KeepAlive.Heard();
        if (!_opened)
        {
            _opened = true;
            viewer.Open();
        }

        return read;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var message = buffer.Span;
        if ((message[0] & 0x0F) == Framing.Close)
            viewer.Close(ViewerClose.Violation((WebSocketCloseStatus)BinaryPrimitives.ReadUInt16BigEndian(message[2..])));
        else if (rate.TryTake())
            viewer.SendMessage(message.ToArray());
        else
            viewer.Close(ViewerClose.TooManyPings);
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
