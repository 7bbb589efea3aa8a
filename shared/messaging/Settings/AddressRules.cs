using System.Net;
using System.Net.Sockets;

namespace SignalStream.Messaging.Settings;

/// <summary>Which addresses may be probed: this makes a server send packets wherever somebody says.</summary>
public static class AddressRules
{
    private static readonly (IPNetwork Network, string What)[] s_never =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "no host"),
        (IPNetwork.Parse("169.254.0.0/16"), "link-local, where clouds keep their metadata"),
        (IPNetwork.Parse("100.100.100.200/32"), "a cloud's metadata"),
        (IPNetwork.Parse("192.0.0.192/32"), "a cloud's metadata"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast"),
        (IPNetwork.Parse("240.0.0.0/4"), "reserved"),
        (IPNetwork.Parse("::/128"), "no host"),
        (IPNetwork.Parse("fe80::/10"), "link-local"),
        (IPNetwork.Parse("fd00:ec2::/32"), "a cloud's metadata"),
        (IPNetwork.Parse("fd20:ce::/32"), "a cloud's metadata"),
        (IPNetwork.Parse("ff00::/8"), "multicast"),
        (IPNetwork.Parse("64:ff9b::/96"), "a translation of IPv4"),
    ];

    private static readonly IPNetwork[] s_private =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128"), IPNetwork.Parse("fc00::/7"),
    ];

    /// <summary>Why an address must not be probed; null when it may.</summary>
    /// <param name="address">As it stands in a target, or as a name was resolved.</param>
    /// <param name="allowPrivate">Whether private addresses and this machine's own are allowed.</param>
    public static string? Refusal(IPAddress address, bool allowPrivate)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        foreach (var (network, what) in s_never)
        {
            if (Holds(network, address))
                return $"{address} is {what}: such an address is never probed.";
        }

        return !allowPrivate && Array.Exists(s_private, network => Holds(network, address))
            ? $"{address} is private: Probes:AllowPrivate allows it."
            : null;
    }

    private static bool Holds(IPNetwork network, IPAddress address) =>
        network.BaseAddress.AddressFamily == address.AddressFamily
        && (address.AddressFamily == AddressFamily.InterNetwork || address.ScopeId == 0 ? network.Contains(address) : network.Contains(new IPAddress(address.GetAddressBytes())));
}
