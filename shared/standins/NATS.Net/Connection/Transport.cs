using System.Net;
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
            var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
            await Task.Run(() => socket.Connect(addresses, port), CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
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

    /// <summary>Waits for bytes on the caller's thread.</summary>
    /// <returns>How many came; 0 when the peer sends no more.</returns>
    /// <exception cref="SocketException">The connection is gone.</exception>
    public int Receive(Span<byte> memory)
    {
        if (_tls is not null)
            return _tls.Read(memory);
        int count;
        while (!TryReceive(memory, out count))
            socket.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectRead);
        return count;
    }

    /// <summary>Takes the bytes that are there.</summary>
    /// <param name="memory">Filled from the front.</param>
    /// <param name="count">How many; 0 when the peer sends no more.</param>
    /// <returns>False where there are none yet, or where that cannot be told, as with TLS.</returns>
    /// <exception cref="SocketException">The connection is gone.</exception>
    public bool TryReceive(Span<byte> memory, out int count)
    {
        count = 0;
        if (_tls is not null)
            return false;
        count = socket.Receive(memory, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => true,
            SocketError.WouldBlock => false,
            _ => throw new SocketException((int)error),
        };
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

    /// <summary>Sends all of the bytes, however long the peer takes, on the caller's thread.</summary>
    /// <exception cref="SocketException">The connection is gone.</exception>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_tls is not null)
        {
            _tls.Write(bytes);
            return;
        }

        while (true)
        {
            bytes = bytes[TrySend(bytes)..];
            if (bytes.IsEmpty)
                return;
            socket.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectWrite);
        }
    }

    /// <summary>Closes it; whoever reads or writes gets an exception.</summary>
    public void Dispose()
    {
        _tls?.Dispose();
        socket.Dispose();
    }
}
