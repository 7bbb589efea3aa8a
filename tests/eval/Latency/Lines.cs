using System.Net;
using System.Net.Sockets;
using SignalStream.Signal.Synthesis;

namespace SignalStream.Eval.Latency;

/// <summary>A calm line: its round trips at two readings a second.</summary>
internal sealed record Line(string Name, double BaseMs, double JitterMs, float[] Trace);

/// <summary>Lines to try the detector on.</summary>
internal static class Lines
{
    public const long IntervalNs = 500_000_000;

    /// <summary>When the traces begin: any midnight.</summary>
    public const long StartNs = 1_760_000_000L / 86_400 * 86_400 * 1_000_000_000;

    /// <summary>From a cable across the desk to the other side of the world.</summary>
    private static readonly (string Name, double BaseMs, double JitterMs, double Swing)[] s_regions =
    [
        ("desk", 0.4, 0.05, 0), ("metro", 4, 0.4, 0.5), ("country", 18, 1, 0.5), ("continent", 45, 2, 0.8), ("ocean", 95, 3, 1), ("antipodes", 240, 5, 1),
    ];

    public static int Regions => s_regions.Length;

    /// <summary>A simulated line without events, but with a daily swing and single losses.</summary>
    public static Line Simulated(int region, double hours, ulong seed)
    {
        var (name, baseMs, jitterMs, swing) = s_regions[region];
        var generator = new LatencyGenerator(new LatencySettings
        {
            BaseMs = baseMs,
            JitterMs = jitterMs,
            DiurnalShare = swing,
            LossShare = 0.0005,
            Seed = seed,
        });
        var trace = new float[(int)(hours * 3600 * 1_000_000_000 / IntervalNs)];
        for (var i = 0; i < trace.Length; i++)
            trace[i] = generator.Next(StartNs + (i * IntervalNs));
        return new Line(name, baseMs, jitterMs * (1 + swing), trace);
    }

    /// <summary>Round trips of UDP over this machine's loopback, one a millisecond or so, taken as if they were two a second.</summary>
    public static Line Loopback(int readings)
    {
        using var server = Bound();
        using var client = Bound();
        client.Connect(server.LocalEndPoint!);
        client.ReceiveTimeout = 1000;
        var echo = new Thread(() => Echo(server)) { IsBackground = true };
        echo.Start();
        var trace = new float[readings];
        var buffer = new byte[64];
        for (var i = 0; i < readings; i++)
        {
            var sent = TimeProvider.System.GetTimestamp();
            client.Send(buffer);
            client.Receive(buffer);
            trace[i] = (float)TimeProvider.System.GetElapsedTime(sent).TotalMilliseconds;
        }

        server.Close();
        echo.Join();
        return new Line("loopback", trace.Order().ElementAt(readings / 2), 0.05, trace);
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static void Echo(Socket server)
    {
        var buffer = new byte[64];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                var count = server.ReceiveFrom(buffer, ref from);
                server.SendTo(buffer.AsSpan(0, count), from);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed: the readings are taken.
        }
    }
}
