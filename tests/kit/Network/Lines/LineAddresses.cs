using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;

namespace SignalStream.TestKit.Lines;

/// <summary>Addresses for one line, from the ranges that RFC 2544 and RFC 5180 keep for measurements; by chance, so that tests run beside each other.</summary>
internal sealed record LineAddresses(IPAddress NearV4, IPAddress FarV4, IPAddress NearV6, IPAddress FarV6)
{
    public const int PrefixV4 = 30;
    public const int PrefixV6 = 64;
    private const uint First = 0xC6120000; // 198.18.0.0/15
    private const int Networks = 1 << 15;

    public static LineAddresses Next()
    {
        var network = RandomNumberGenerator.GetInt32(Networks);
        return new LineAddresses(V4(network, 1), V4(network, 2), V6(network, 1), V6(network, 2));
    }

    private static IPAddress V4(int network, uint host)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, First + ((uint)network << 2) + host);
        return new IPAddress(bytes);
    }

    private static IPAddress V6(int network, int host) => IPAddress.Parse($"2001:2:0:{network:x}::{host}");
}
