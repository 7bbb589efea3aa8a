using System.Net;

namespace SignalStream.Gateway.History;

/// <summary>How many requests of each client address read at once, and how many of it are there in all.</summary>
/// <param name="readers">Of one address, at once.</param>
/// <param name="requests">Of one address, those that wait included.</param>
internal sealed class AddressTurns(int readers, int requests)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (SemaphoreSlim Turns, int Requests)> _addresses = [];

    /// <summary>Addresses that have requests.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _addresses.Count;
        }
    }

    /// <summary>Takes a request in; null when the address has as many as it may.</summary>
    /// <returns>The address' turns; to be given back by <see cref="Leave"/>.</returns>
    public SemaphoreSlim? TryEnter(IPAddress address)
    {
        lock (_gate)
        {
            if (!_addresses.TryGetValue(address, out var own))
                own = (new SemaphoreSlim(readers), 0);
            if (own.Requests >= requests)
                return null;
            _addresses[address] = own with { Requests = own.Requests + 1 };
            return own.Turns;
        }
    }

    /// <summary>The request is over; an address is forgotten with its last one.</summary>
    public void Leave(IPAddress address)
    {
        lock (_gate)
        {
            var own = _addresses[address];
            if (own.Requests > 1)
                _addresses[address] = own with { Requests = own.Requests - 1 };
            else
                _addresses.Remove(address);
        }
    }
}
