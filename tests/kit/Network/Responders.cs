using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SignalStream.TestKit;

/// <summary>Servers that answer probes, until disposed.</summary>
public sealed class Responders : IDisposable
{
    private readonly Socket _tcp;
    private readonly Socket _udp;
    private readonly Socket _silent;
    private readonly Socket _dns;

    /// <param name="address">Where they listen; loopback when left out.</param>
    public Responders(IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        _tcp = Bound(address, SocketType.Stream, ProtocolType.Tcp);
        _udp = Bound(address, SocketType.Dgram, ProtocolType.Udp);
        _silent = Bound(address, SocketType.Dgram, ProtocolType.Udp);
        _dns = Bound(address, SocketType.Dgram, ProtocolType.Udp);
        _tcp.Listen();
        Start(Web);
        Start(() => Answer(_udp, _ => { }));
        // The answer to a query: the same bytes with the response bit.
        Start(() => Answer(_dns, query => query[2] |= 0x80));
    }

    public string Http => $"http://{_tcp.LocalEndPoint}/";

    public string Tcp => $"{_tcp.LocalEndPoint}";

    public string Udp => $"{_udp.LocalEndPoint}";

    public string SilentUdp => $"{_silent.LocalEndPoint}";

    public string Dns => $"{_dns.LocalEndPoint}/example.org";

    public int TcpPort => Port(_tcp);

    public int UdpPort => Port(_udp);

    public int DnsPort => Port(_dns);

    public void Dispose()
    {
        foreach (var socket in new[] { _tcp, _udp, _silent, _dns })
            socket.Dispose();
    }

    /// <summary>A port that nobody listens on.</summary>
    public static string Closed()
    {
        using var socket = Bound(IPAddress.Loopback, SocketType.Stream, ProtocolType.Tcp);
        return $"127.0.0.1:{Port(socket)}";
    }

    private static void Start(Action serve) => new Thread(() => Quietly(serve)) { IsBackground = true }.Start();

    private static void Quietly(Action serve)
    {
        try
        {
            serve();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static void Answer(Socket socket, Action<byte[]> change)
    {
        var buffer = new byte[2048];
        EndPoint from = new IPEndPoint(((IPEndPoint)socket.LocalEndPoint!).Address, 0);
        while (true)
        {
            var count = socket.ReceiveFrom(buffer, ref from);
            change(buffer);
            socket.SendTo(buffer.AsSpan(0, count), from);
        }
    }

    private void Web()
    {
        var buffer = new byte[2048];
        while (true)
        {
            using var client = _tcp.Accept();
            Quietly(() =>
            {
                if (client.Receive(buffer) > 0)
                    client.Send(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"));
            });
        }
    }

    private static Socket Bound(IPAddress address, SocketType type, ProtocolType protocol)
    {
        var socket = new Socket(address.AddressFamily, type, protocol);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    private static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
