using SignalStream.Contracts;

namespace SignalStream.Messaging.Catalog;

/// <summary>Where a stream is in its life.</summary>
public enum Life
{
    /// <summary>Not told.</summary>
    Unknown,

    /// <summary>Its producer is there and frames are due.</summary>
    Live,

    /// <summary>Nothing has come since the time given.</summary>
    Silent,

    /// <summary>Its producer said that it is over.</summary>
    Ended,
}

/// <summary>A channel of a stream's frames.</summary>
/// <param name="Name">Such as a lead's name, <c>MLII</c>.</param>
/// <param name="Minimum">Expected range, in the stream's unit; both 0 when not known.</param>
/// <param name="Maximum">Upper end of it.</param>
public readonly record struct CatalogChannel(string Name, double Minimum, double Maximum);

/// <summary>What a viewer must know of a stream.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="Label">For people.</param>
/// <param name="Unit">Of the samples, such as mV.</param>
/// <param name="RateHz">Nominal sampling rate, Hz.</param>
public sealed record CatalogEntry(StreamId Stream, string Label, string Unit, double RateHz)
{
    /// <summary>In the order of the frame.</summary>
    public IReadOnlyList<CatalogChannel> Channels { get; init; } = [];

    /// <summary>Where it comes from.</summary>
    public string Source { get; init; } = "";

    /// <summary>Where on the map; may be empty.</summary>
    public string Region { get; init; } = "";

    /// <summary>Whether no patient, network or market is behind it.</summary>
    public bool Simulated { get; init; }

    /// <summary>Replay factor; 1 is real time.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Epoch of its frames.</summary>
    public uint Epoch { get; init; }

    /// <summary>Event time of sample 0 of the epoch, ns since the Unix epoch.</summary>
    public long EpochStartNs { get; init; }

    /// <summary>Where it is in its life.</summary>
    public Life Life { get; init; }

    /// <summary>Since when, ns since the Unix epoch.</summary>
    public long LifeSinceNs { get; init; }

    /// <summary>Instance of the producer whose lease keeps it alive.</summary>
    public string Producer { get; init; } = "";
}

/// <summary>A producer's word that it is there.</summary>
/// <param name="Instance">The producer.</param>
/// <param name="RenewedNs">When, by its clock, ns since the Unix epoch.</param>
/// <param name="Interval">How often it is renewed.</param>
internal sealed record ProducerLease(string Instance, long RenewedNs, TimeSpan Interval);
