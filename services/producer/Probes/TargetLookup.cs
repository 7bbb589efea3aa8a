using System.Net;
using System.Net.Sockets;
using Polly.CircuitBreaker;
using SignalStream.Messaging.Settings;

namespace SignalStream.Producer.Probes;

/// <summary>The address that a target's name has, and what is wrong with it.</summary>
/// <param name="Address">Null when there is none that may be probed.</param>
/// <param name="Refusal">Why; null when there is one.</param>
/// <param name="Unresolved">Whether the name has none, as against one that is not allowed.</param>
/// <param name="Ms">How long the look-up took; 0 when none was needed.</param>
internal readonly record struct FoundAddress(IPAddress? Address, string? Refusal = null, bool Unresolved = false, double Ms = 0);

/// <summary>The address of a target's name, looked up now and then, and checked each time.</summary>
internal sealed class TargetLookup(string host, bool allowPrivate, TimeSpan keep, LookupQueue lookups, TimeProvider time)
{
    /// <summary>A name that could not be resolved is tried again after so long.</summary>
    private static readonly TimeSpan KeepFailure = TimeSpan.FromSeconds(5);

    private readonly IPAddress? _literal = IPAddress.TryParse(host, out var literal) ? literal : null;
    private FoundAddress? _found;
    private Task<IPAddress[]>? _asking;
    private long _at;
    private long _askedAt;

    /// <summary>The address, or why there is none; at the time-out too, when the look-up goes on for the next.</summary>
    /// <exception cref="OperationCanceledException">The whole is to end.</exception>
    public async ValueTask<FoundAddress> FindAsync(CancellationToken timeout, CancellationToken cancellationToken)
    {
        if (_literal is not null)
            return Choose([_literal]);
        if (_found is { } kept && time.GetElapsedTime(_at) < (kept.Unresolved ? KeepFailure : keep))
            return kept with { Ms = 0 };
        if (_asking is null)
            (_asking, _askedAt) = (lookups.FindAsync(host), time.GetTimestamp());
        try
        {
            var addresses = await _asking.WaitAsync(timeout);
            _found = Choose(addresses) with { Ms = time.GetElapsedTime(_askedAt).TotalMilliseconds };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new FoundAddress(null, $"{host}: the look-up has not been answered yet", Unresolved: true);
        }
        catch (BrokenCircuitException)
        {
            _found = new FoundAddress(null, $"{host}: no name server answers; look-ups pause for some seconds", Unresolved: true);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            _found = new FoundAddress(null, $"{host}: {exception.Message}", Unresolved: true);
        }

        (_asking, _at) = (null, time.GetTimestamp());
        return _found.Value;
    }

    private FoundAddress Choose(IPAddress[] addresses)
    {
        string? refusal = null;
        foreach (var address in addresses)
        {
            if (AddressRules.Refusal(address, allowPrivate) is not { } reason)
                return new FoundAddress(address);
            refusal ??= reason;
        }

        return refusal is null ? new FoundAddress(null, $"{host} has no address.", Unresolved: true) : new FoundAddress(null, refusal);
    }
}
