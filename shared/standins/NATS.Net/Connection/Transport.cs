using System.Net.Security;
using System.Net.Sockets;

namespace NATS.Client.Core;

/// <summary>The bytes between client and server: a socket, and TLS over it once agreed.</summary>
internal sealed class Transport(Socket socket) : IDisposable
{
    private SslStream? _tls;

    public bool IsEncrypted => _tls is not null;

    public static async Task<Transport> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
            socket.Blocking = false;
            return new Transport(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task EncryptAsync(SslClientAuthenticationOptions options, CancellationToken cancellationToken)
    {
        // A stream takes only blocking sockets; nothing ever blocks on it.
        socket.Blocking = true;
        _tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
        await _tls.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for bytes. That the connection is gone the task tells, and never the call.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> memory)
    {
        try
        {
            return _tls?.ReadAsync(memory) ?? socket.ReceiveAsync(memory, SocketFlags.None);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<int>(e);
        }
    }

    /// <summary>Sends what the system takes at once, without waiting.</summary>
    /// <exception cref="SocketException">The connection is gone.</exception>
    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (_tls is not null)
            return 0;
        var sent = socket.Send(bytes, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => sent,
            SocketError.WouldBlock => 0,
            _ => throw new SocketException((int)error),
        };
    }

    /// <summary>Sends all of the bytes, however long the peer takes.</summary>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        return _tls is null ? socket.SendAsync(bytes, SocketFlags.None) : Encrypted(_tls, bytes);

        static async ValueTask<int> Encrypted(SslStream tls, ReadOnlyMemory<byte> bytes)
        {
            await tls.WriteAsync(bytes).ConfigureAwait(false);
            return bytes.Length;
        }
    }

    /// <summary>Closes it; whoever reads or writes gets an exception.</summary>
    public void Dispose()
    {
        _tls?.Dispose();
        socket.Dispose();
    }
}
