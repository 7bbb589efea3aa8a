using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Settings;
using SignalStream.Signal.Synthesis;

namespace SignalStream.Producer.Probes;

/// <summary>What is probed, and as which stream.</summary>
/// <param name="Stream">The stream of its readings.</param>
/// <param name="Definition">What and how.</param>
/// <param name="AllowPrivate">Whether it may be in a private network, or this machine.</param>
/// <param name="Simulated">A line that is not there; null for a real one.</param>
internal sealed record ProbeTarget(StreamId Stream, TargetDefinition Definition, bool AllowPrivate, LatencySettings? Simulated = null)
{
    public const string Kind = "net";

    public ProbeKind Probe => Simulated is null ? Definition.Kind : ProbeKind.Simulated;

    public CatalogEntry Entry => new(Stream, Definition.Label ?? Stream.Id, "ms", 1000 / Definition.IntervalMs)
    {
        Channels = [new CatalogChannel("rtt", 0, 0)],
        Source = Simulated is null ? $"{Definition.Probe} {Definition.Address}" : "simulated",
        Region = Definition.Region,
        Simulated = Simulated is not null,
        Life = Life.Live,
    };

    /// <summary>Makes the probe; for a simulated line no address is needed.</summary>
    public IProbe Open(TimeProvider time)
    {
        if (Simulated is not null)
            return new SimulatedProbe(Simulated, Definition.TimeoutMs, time);
        if (!TargetAddress.TryParse(Definition.Kind, Definition.Address, out var address, out var error))
            throw new ArgumentException(error);
        return Definition.Kind switch
        {
            ProbeKind.Icmp => new IcmpProbe(Definition.PayloadBytes, time),
            ProbeKind.Tcp => new TcpProbe(address.Port, time),
            ProbeKind.Udp => new UdpProbe(address.Port, Definition.PayloadBytes, time),
            ProbeKind.Http => new HttpProbe(address.Url!, Definition.HttpVersion, time),
            _ => new DnsProbe(address.Port, address.Name!, time),
        };
    }

    /// <summary>Name or literal address to look up; null for a simulated line.</summary>
    public string? Host => Simulated is null && TargetAddress.TryParse(Definition.Kind, Definition.Address, out var address, out _) ? address.Host : null;
}
