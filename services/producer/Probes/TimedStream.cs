using System.Net.Sockets;

namespace SignalStream.Producer.Probes;

/// <summary>A connection that knows when its bytes left and came, however long what reads them takes.</summary>
internal sealed class TimedStream(Socket socket, TimeProvider time) : Stream
{
    private readonly StampedReceiver? _receiver = StampedReceiver.Of(socket, time);

    /// <summary>When the first bytes after <see cref="Mark"/> left, a timestamp of the clock; 0: none did yet.</summary>
    public long FirstWriteAt { get; private set; }

    /// <summary>When the last bytes left.</summary>
    public long LastWriteAt { get; private set; }

    /// <summary>When the last bytes that were read had come.</summary>
    public long LastReadAt { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From here on <see cref="FirstWriteAt"/> counts.</summary>
    public void Mark() => FirstWriteAt = 0;

    /// <exception cref="IOException">The connection is broken, or was closed.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await ReceiveAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <exception cref="IOException">The connection is broken, or was closed.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        LastWriteAt = time.GetTimestamp();
        if (FirstWriteAt == 0)
            FirstWriteAt = LastWriteAt;
        try
        {
            for (var sent = 0; sent < buffer.Length;)
                sent += await socket.SendAsync(buffer[sent..], SocketFlags.None, cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty || _receiver is null)
        {
            var plain = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
            LastReadAt = buffer.IsEmpty ? LastReadAt : time.GetTimestamp();
            return plain;
        }

        while (true)
        {
            // Waits until there is something.
            await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, cancellationToken);
            if (_receiver.Receive(buffer.Span, out var cameAt) is not { } count)
                continue;
            LastReadAt = count > 0 ? cameAt : LastReadAt;
            return count;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
        // Nothing is kept back.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            socket.Dispose();
        base.Dispose(disposing);
    }
}
