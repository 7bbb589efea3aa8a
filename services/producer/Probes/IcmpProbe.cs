using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using SignalStream.Messaging;

namespace SignalStream.Producer.Probes;

/// <summary>ICMP echo, IPv4 and IPv6, over a datagram socket where the system allows it, else over a raw one.</summary>
/// <remarks>The framework's own Ping starts /bin/ping without a raw socket, and knows whole milliseconds only.</remarks>
internal sealed class IcmpProbe : IProbe
{
    private const int HeaderBytes = 8;
    private const byte EchoRequest4 = 8;
    private const byte EchoReply4 = 0;
    private const byte EchoRequest6 = 128;
    private const byte EchoReply6 = 129;
    private const int AnyPort = 0;

    private readonly EchoSocket _socket;
    private readonly byte[] _message;
    private ulong _number = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private ushort _sequence;

    public IcmpProbe(int payloadBytes, TimeProvider time)
    {
        _message = new byte[HeaderBytes + payloadBytes];
        _socket = new EchoSocket(Open, time);
    }

    public ValueTask<ProbeAnswer> SendAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        var isV4 = address!.AddressFamily == AddressFamily.InterNetwork;
        _message[0] = isV4 ? EchoRequest4 : EchoRequest6;
        EchoSocket.Mark(_message.AsSpan(HeaderBytes), ref _number);
        BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(4), (ushort)_number);
        BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(6), ++_sequence);
        BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(2), 0);
        BinaryPrimitives.WriteUInt16BigEndian(_message.AsSpan(2), Checksum(_message));
        return _socket.SendAsync(new IPEndPoint(address, AnyPort), _message, isV4 ? IsAnswer4 : IsAnswer6, cancellationToken);
    }

    public void Dispose() => _socket.Dispose();

    private static Socket Open(IPAddress address)
    {
        var (family, protocol) = (address.AddressFamily, address.AddressFamily == AddressFamily.InterNetwork ? ProtocolType.Icmp : ProtocolType.IcmpV6);
        try
        {
            return new Socket(family, SocketType.Dgram, protocol);
        }
        catch (SocketException)
        {
            return OpenRaw(family, protocol);
        }
    }

    private static Socket OpenRaw(AddressFamily family, ProtocolType protocol)
    {
        try
        {
            return new Socket(family, SocketType.Raw, protocol);
        }
        catch (SocketException exception)
        {
            throw new ProbeRefusedException(
                "ICMP is not allowed here: set net.ipv4.ping_group_range to hold this process' group, or give it CAP_NET_RAW.", exception);
        }
    }

    /// <summary>A raw IPv4 socket gives the IP header too.</summary>
    private ProbeOutcome? IsAnswer4(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        var header = span.Length > 0 && span[0] >> 4 == 4 ? (span[0] & 0xF) * 4 : 0;
        return span.Length >= header ? IsAnswer(span[header..], EchoReply4) : null;
    }

    private ProbeOutcome? IsAnswer6(ReadOnlyMemory<byte> bytes) => IsAnswer(bytes.Span, EchoReply6);

    private ProbeOutcome? IsAnswer(ReadOnlySpan<byte> message, byte type) =>
        message.Length >= HeaderBytes + sizeof(ulong) && message[0] == type
        && BinaryPrimitives.ReadUInt64LittleEndian(message[HeaderBytes..]) == _number ? ProbeOutcome.Answered : null;

    /// <summary>RFC 1071.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> message)
    {
        var sum = 0u;
        for (var i = 0; i + 1 < message.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(message[i..]);
        if (message.Length % 2 == 1)
            sum += (uint)message[^1] << 8;
        while (sum >> 16 != 0)
            sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }
}

/// <summary>A probe cannot be done here; the message says what to change.</summary>
internal sealed class ProbeRefusedException(string message, Exception? inner = null) : Exception(message, inner);
