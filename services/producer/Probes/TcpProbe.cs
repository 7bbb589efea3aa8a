using System.Net;
using System.Net.Sockets;

namespace SignalStream.Producer.Probes;

/// <summary>Opens a TCP connection and throws it away: a round trip of SYN and SYN-ACK.</summary>
internal sealed class TcpProbe(int port, TimeProvider time) : IProbe
{
    public async ValueTask<ProbeAnswer> SendAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        using var socket = new Socket(address!.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // Reset instead of a farewell: thousands of ports would wait for minutes.
        socket.LingerState = new LingerOption(true, 0);
        var target = new IPEndPoint(address, port);
        var sent = time.GetTimestamp();
        await socket.ConnectAsync(target, cancellationToken);
        var elapsed = time.GetElapsedTime(sent).TotalMilliseconds;
        var handshake = KernelTimes.HandshakeMs(socket);
        return ProbeAnswer.Answered(handshake > 0 && handshake < elapsed ? handshake : elapsed);
    }

    public void Dispose()
    {
        // Nothing is kept from one probe to the next.
    }
}
