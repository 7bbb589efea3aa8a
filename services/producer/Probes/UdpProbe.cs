using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using SignalStream.Messaging;

namespace SignalStream.Producer.Probes;

/// <summary>Sends a datagram to an echo service (RFC 862).</summary>
internal sealed class UdpProbe : IProbe
{
    private readonly EchoSocket _socket;
    private readonly byte[] _payload;
    private readonly int _port;
    private ulong _number = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    public UdpProbe(int port, int payloadBytes, TimeProvider time)
    {
        _port = port;
        _payload = new byte[payloadBytes];
        _socket = new EchoSocket(address => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp), time);
    }

    public ValueTask<ProbeAnswer> SendAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        EchoSocket.Mark(_payload, ref _number);
        return _socket.SendAsync(new IPEndPoint(address!, _port), _payload, IsAnswer, cancellationToken);
    }

    public void Dispose() => _socket.Dispose();

    private ProbeOutcome? IsAnswer(ReadOnlyMemory<byte> bytes) =>
        bytes.Length >= sizeof(ulong) && BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span) == _number ? ProbeOutcome.Answered : null;
}
