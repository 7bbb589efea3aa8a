using System.Net.Sockets;

namespace SignalStream.Gateway.Relay;

/// <summary>Where a viewer's bytes go. Used by its worker alone, and by one call at a time.</summary>
internal interface IViewerWire
{
    /// <summary>False when nothing can be sent any more; true may come to nothing as well.</summary>
    bool IsOpen { get; }

    /// <summary>Hands bytes to the connection without waiting.</summary>
    /// <returns>How many it took; fewer than given when it is full.</returns>
    int Send(ReadOnlySpan<byte> bytes);

    /// <summary>Hands all of them over, waiting for room.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Ends the connection even when a send is stuck in it.</summary>
    void Abort();
}

/// <summary>Straight into the connection's socket: one system call, nothing copied or allocated.</summary>
/// <remarks>Only once whatever the server itself wrote, the answer to the upgrade above all, is in the socket as well.</remarks>
internal sealed class SocketWire : IViewerWire
{
    /// <summary>
    /// The kernel takes no more than this beyond what is on its way: left to itself it takes megabytes, and a viewer on a slow
    /// line would be a minute behind before anybody could notice.
    /// </summary>
    private const int MostNotSent = 64 << 10;

    private const int Tcp = 6;
    private const int NotSentLowAt = 25;

    private readonly Socket _socket;
    private readonly Action _abort;

    public SocketWire(Socket socket, Action abort)
    {
        (_socket, _abort) = (socket, abort);
        _socket.Blocking = false;
        if (OperatingSystem.IsLinux())
            _socket.SetRawSocketOption(Tcp, NotSentLowAt, BitConverter.GetBytes(MostNotSent));
    }

    public bool IsOpen => _socket.Connected;

    public int Send(ReadOnlySpan<byte> bytes)
    {
        var taken = _socket.Send(bytes, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => taken,
            SocketError.WouldBlock => 0,
            _ => throw new SocketException((int)error),
        };
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await _socket.SendAsync(bytes)..];
    }

    public void Abort() => _abort();
}

/// <summary>Through the server's stream: what TLS and HTTP/2 need.</summary>
internal sealed class StreamWire(Stream stream, Action abort) : IViewerWire
{
    public bool IsOpen => true;

    // A stream cannot say how much it would take at once: each part is waited for.
    public int Send(ReadOnlySpan<byte> bytes) => 0;

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    public void Abort() => abort();
}
