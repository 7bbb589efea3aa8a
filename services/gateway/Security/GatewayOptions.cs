using System.Net;
using Microsoft.Extensions.Options;

namespace SignalStream.Gateway.Security;

/// <summary>Where the gateway stands. Section <c>Gateway</c>.</summary>
internal sealed class GatewayOptions
{
    /// <summary>Proxies whose <c>X-Forwarded-For</c> is believed, as addresses or networks (<c>10.0.0.0/8</c>); none: the header is ignored.</summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>Reads an address or a network.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        if (!IPAddress.TryParse(text, out var address))
            return IPNetwork.TryParse(text, out network);
        network = new IPNetwork(address, 8 * address.GetAddressBytes().Length);
        return true;
    }
}

internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        List<string> failures = [.. options.TrustedProxies.Index().Where(p => !GatewayOptions.TryParse(p.Item, out _)).Select(p =>
            $"Gateway:TrustedProxies:{p.Index} is {p.Item}: it must be an address or a network such as 10.0.0.0/8, with no bits set behind the prefix.")];
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
