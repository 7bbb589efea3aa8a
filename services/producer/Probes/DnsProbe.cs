using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using SignalStream.Messaging;

namespace SignalStream.Producer.Probes;

/// <summary>Asks a name server for an address (RFC 1035), by UDP.</summary>
internal sealed class DnsProbe : IProbe
{
    private const int HeaderBytes = 12;
    private const ushort RecursionDesired = 0x0100;
    private const ushort IsResponse = 0x8000;
    private const int CodeMask = 0xF;
    private const int NoSuchName = 3;

    private readonly EchoSocket _socket;
    private readonly byte[] _query;
    private readonly int _port;
    private ushort _id;

    public DnsProbe(int port, string name, TimeProvider time)
    {
        _port = port;
        _query = Query(name);
        _socket = new EchoSocket(address => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp), time);
    }

    public ValueTask<ProbeAnswer> SendAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        _id = BitConverter.ToUInt16(RandomNumberGenerator.GetBytes(sizeof(ushort)));
        BinaryPrimitives.WriteUInt16BigEndian(_query, _id);
        return _socket.SendAsync(new IPEndPoint(address!, _port), _query, IsAnswer, cancellationToken);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>That a name does not exist is an answer; that the server fails is not.</summary>
    private ProbeOutcome? IsAnswer(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt16BigEndian(bytes.Span) != _id)
            return null;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(bytes.Span[2..]);
        if ((flags & IsResponse) == 0)
            return null;
        return (flags & CodeMask) is 0 or NoSuchName ? ProbeOutcome.Answered : ProbeOutcome.Refused;
    }

    private static byte[] Query(string name)
    {
        using var bytes = new MemoryStream();
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], 1);
        bytes.Write(header);
        foreach (var label in name.TrimEnd('.').Split('.'))
        {
            bytes.WriteByte((byte)label.Length);
            bytes.Write(Encoding.ASCII.GetBytes(label));
        }

        // The root; type A, class IN.
        bytes.Write([0, 0, 1, 0, 1]);
        return bytes.ToArray();
    }
}
