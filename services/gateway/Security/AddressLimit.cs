using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SignalStream.Gateway.Security;

/// <summary>Counts the connections of each client address, up to a limit.</summary>
/// <param name="most">Of one address.</param>
internal sealed class AddressLimit(int most)
{
    private readonly ConcurrentDictionary<IPAddress, int> _counts = new();

    /// <summary>How many addresses have connections.</summary>
    public int Addresses => _counts.Count;

    /// <summary>
    /// Whom a connection is counted for; null for this machine itself, which is not limited. An IPv6 client counts by its
    /// network of 64 bits, within which it may choose its address.
    /// </summary>
    public static IPAddress? CountedFor(IPAddress? remote)
    {
        if (remote is null || IPAddress.IsLoopback(remote))
            return null;
        if (remote.IsIPv4MappedToIPv6)
            return CountedFor(remote.MapToIPv4());
        if (remote.AddressFamily != AddressFamily.InterNetworkV6)
            return remote;
        var bytes = remote.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    /// <summary>Takes a connection in, unless the address has as many as it may.</summary>
    public bool TryEnter(IPAddress? address)
    {
        if (address is null)
            return true;
        while (true)
        {
            if (!_counts.TryGetValue(address, out var count))
            {
                if (_counts.TryAdd(address, 1))
                    return true;
            }
            else if (count >= most)
            {
                return false;
            }
            else if (_counts.TryUpdate(address, count + 1, count))
            {
                return true;
            }
        }
    }

    /// <summary>Gives back what <see cref="TryEnter"/> took.</summary>
    public void Leave(IPAddress? address)
    {
        while (address is not null && _counts.TryGetValue(address, out var count))
        {
            if (count == 1 ? _counts.TryRemove(KeyValuePair.Create(address, 1)) : _counts.TryUpdate(address, count - 1, count))
                return;
        }
    }
}
