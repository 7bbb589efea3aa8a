using System.Buffers.Binary;
using System.Net.Sockets;

namespace SignalStream.TestKit.Lines;

/// <summary>One packet's way over a line.</summary>
/// <param name="ToFar">Whether it left this end.</param>
/// <param name="TakenAt">When the line had it, a timestamp of the system's <see cref="TimeProvider"/>.</param>
/// <param name="GivenAt">When the other side had it; 0: lost.</param>
/// <param name="Protocol">What it carries.</param>
/// <param name="NearPort">Of TCP and UDP, else 0.</param>
/// <param name="TcpFlags">SYN is 2, ACK 16; 0 without TCP.</param>
/// <param name="PayloadBytes">After the TCP or UDP header, or the ICMP message.</param>
public readonly record struct Passage(
    bool ToFar, long TakenAt, long GivenAt, ProtocolType Protocol, int NearPort, int TcpFlags, int PayloadBytes)
{
    private const int V6Header = 40;
    private const int UdpHeader = 8;

    /// <summary>What can be seen from outside.</summary>
    internal static Passage Of(bool toFar, long takenAt, ReadOnlySpan<byte> packet)
    {
        var isV4 = packet[0] >> 4 == 4;
        var header = isV4 ? (packet[0] & 0xF) * 4 : V6Header;
        var total = isV4 ? BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) : V6Header + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        var protocol = (ProtocolType)packet[isV4 ? 9 : 6];
        var inner = packet[header..Math.Min(total, packet.Length)];
        var passage = new Passage(toFar, takenAt, 0, protocol, 0, 0, inner.Length);
        return protocol switch
        {
            ProtocolType.Tcp => passage with { NearPort = Port(inner, toFar), TcpFlags = inner[13], PayloadBytes = inner.Length - ((inner[12] >> 4) * 4) },
            ProtocolType.Udp => passage with { NearPort = Port(inner, toFar), PayloadBytes = inner.Length - UdpHeader },
            _ => passage,
        };
    }

    private static int Port(ReadOnlySpan<byte> inner, bool toFar) => BinaryPrimitives.ReadUInt16BigEndian(inner[(toFar ? 0 : 2)..]);
}
