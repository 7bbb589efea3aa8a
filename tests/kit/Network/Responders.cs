using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SignalStream.TestKit;

/// <summary>Servers on loopback that answer probes, until disposed.</summary>
public sealed class Responders : IDisposable
{
    private readonly Socket _tcp = Bound(SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _udp = Bound(SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _silent = Bound(SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _dns = Bound(SocketType.Dgram, ProtocolType.Udp);

    public Responders()
    {
        _tcp.Listen();
        Start(Web);
        Start(() => Answer(_udp, _ => { }));
        // The answer to a query: the same bytes with the response bit.
        Start(() => Answer(_dns, query => query[2] |= 0x80));
    }

    public string Http => $"http://127.0.0.1:{Port(_tcp)}/";

    public string Tcp => $"127.0.0.1:{Port(_tcp)}";

    public string Udp => $"127.0.0.1:{Port(_udp)}";

    public string SilentUdp => $"127.0.0.1:{Port(_silent)}";

    public string Dns => $"127.0.0.1:{Port(_dns)}/example.org";

    public void Dispose()
    {
        foreach (var socket in new[] { _tcp, _udp, _silent, _dns })
            socket.Dispose();
    }

    /// <summary>A port that nobody listens on.</summary>
    public static string Closed()
    {
        using var socket = Bound(SocketType.Stream, ProtocolType.Tcp);
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
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
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

    private static Socket Bound(SocketType type, ProtocolType protocol)
    {
        var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
