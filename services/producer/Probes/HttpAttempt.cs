using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using SignalStream.Messaging;

namespace SignalStream.Producer.Probes;

/// <summary>One connection for one request, and when its parts were done. Follows nowhere, keeps no cookies, uses no proxy, resumes no TLS session.</summary>
/// <remarks>With a client of its own: a connection that one probe gave up must never serve, or be timed for, the next.</remarks>
internal sealed class HttpAttempt : IDisposable
{
    private const double MsPerSecond = 1000;

    private readonly IPAddress _address;
    private readonly TimeProvider _time;
    private readonly CancellationToken _given;
    private Socket? _socket;
    private TimedStream? _stream;
    private long _connecting;
    private long _connected;
    private long _secured;
    private long _headers;

    public HttpAttempt(IPAddress address, RemoteCertificateValidationCallback? trusted, TimeProvider time, CancellationToken cancellationToken)
    {
        (_address, _time, _given) = (address, time, cancellationToken);
        Client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = trusted, AllowTlsResume = false },
            PlaintextStreamFilter = (context, _) =>
            {
                // The last of the handshake that was sent: what the certificate's check takes is not the network's.
                if (context.PlaintextStream is SslStream)
                    _secured = _stream!.LastWriteAt;
                _stream!.Mark();
                return ValueTask.FromResult(context.PlaintextStream);
            },
        });
        // HTTP/3 tells nothing of its connecting: all of it is in the first byte.
        _connecting = _connected = time.GetTimestamp();
    }

    public HttpMessageInvoker Client { get; }

    private long LastCame => _stream?.LastReadAt ?? _time.GetTimestamp();

    public void HeadersCame() => _headers = LastCame;

    /// <summary>To be called when all has come.</summary>
    public ProbePhases Phases(int status, Version version) => new(
        0,
        Ms(_connecting, _connected),
        _secured > 0 ? Ms(_connected, _secured) : 0,
        Ms(_stream?.FirstWriteAt ?? _connected, _headers),
        Ms(_connecting, LastCame),
        status,
        version.ToString());

    public void Dispose()
    {
        Client.Dispose();
        _socket?.Dispose();
    }

    /// <summary>To the address that was checked, whatever the name resolves to by now.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        // The handler goes on connecting when its request has been given up.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _given);
        _socket = new Socket(_address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _connecting = _time.GetTimestamp();
        await _socket.ConnectAsync(new IPEndPoint(_address, context.DnsEndPoint.Port), either.Token);
        _connected = _time.GetTimestamp();
        if (KernelTimes.HandshakeMs(_socket) is > 0 and var handshake && handshake < Ms(_connecting, _connected))
            _connected = _connecting + (long)(handshake / MsPerSecond * _time.TimestampFrequency);
        return _stream = new TimedStream(_socket, _time);
    }

    private double Ms(long from, long to) => _time.GetElapsedTime(from, to).TotalMilliseconds;
}
