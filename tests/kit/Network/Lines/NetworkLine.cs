using System.Net;

namespace SignalStream.TestKit.Lines;

/// <summary>A line from this network namespace to another one, with a delay, jitter and loss that a test sets.</summary>
public abstract class NetworkLine : IDisposable
{
    private protected NetworkLine(FarSide far, LineAddresses addresses) => (Far, Addresses) = (far, addresses);

    /// <summary>IPv4 of the other end.</summary>
    public IPAddress FarV4 => Addresses.FarV4;

    /// <summary>IPv6 of the other end.</summary>
    public IPAddress FarV6 => Addresses.FarV6;

    private protected FarSide Far { get; }

    private protected LineAddresses Addresses { get; }

    /// <summary>Makes a line with the kernel's own netem; the test is skipped by name where that cannot be.</summary>
    public static NetworkLine OpenNetem() => NetemLine.Open();

    /// <summary>Makes a line of two TUN devices and a loop between them; the test is skipped by name where that cannot be.</summary>
    /// <param name="seed">Of jitter and loss.</param>
    /// <param name="spin">Costs a core and is exact to microseconds.</param>
    public static DelayLine OpenTun(int seed, bool spin = false) => DelayLine.Open(seed, spin);

    /// <summary>Holds from the next packet on.</summary>
    public abstract void Set(LineSettings settings);

    /// <summary>Runs something at the other end: sockets that it makes are there, whoever uses them.</summary>
    public T AtFarEnd<T>(Func<T> make) => Far.Run(make);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Far.Dispose();
}
