using System.Net;
using System.Net.Sockets;
using SignalStream.Messaging.Settings;

namespace SignalStream.Producer.Probes;

/// <summary>The address of a target's name, looked up now and then, and checked each time.</summary>
internal sealed class TargetLookup(string host, bool allowPrivate, TimeSpan keep, TimeProvider time)
{
    private readonly IPAddress? _literal = IPAddress.TryParse(host, out var literal) ? literal : null;
    private IPAddress? _address;
    private string? _refusal;
    private long _at;

    /// <summary>The address; null with the reason when there is none that may be probed.</summary>
    /// <returns>How long the look-up took, ms: 0 when none was needed.</returns>
    public async ValueTask<(IPAddress? Address, string? Refusal, bool Unresolved, double Ms)> FindAsync(CancellationToken cancellationToken)
    {
        if (_literal is not null)
            return AddressRules.Refusal(_literal, allowPrivate) is { } refusal ? (null, refusal, false, 0) : (_literal, null, false, 0);
        if (_at != 0 && time.GetElapsedTime(_at) < keep && (_address is not null || _refusal is not null))
            return (_address, _refusal, false, 0);
        var begun = time.GetTimestamp();
        try
        {
            Choose(await Dns.GetHostAddressesAsync(host, cancellationToken));
            _at = time.GetTimestamp();
            return (_address, _refusal, false, time.GetElapsedTime(begun).TotalMilliseconds);
        }
        catch (SocketException exception)
        {
            return (null, $"{host}: {exception.Message}", true, 0);
        }
    }

    private void Choose(IPAddress[] addresses)
    {
        (_address, _refusal) = (null, $"{host} has no address.");
        foreach (var address in addresses)
        {
            _refusal = AddressRules.Refusal(address, allowPrivate);
            if (_refusal is not null)
                continue;
            _address = address;
            return;
        }
    }
}
