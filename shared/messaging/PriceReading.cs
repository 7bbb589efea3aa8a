namespace SignalStream.Messaging;

/// <summary>What a market did in one period, as it goes over the bus.</summary>
/// <param name="Epoch">Unix seconds when its producer began with the symbol.</param>
/// <param name="Index">Number of the bar in the epoch, from 0.</param>
/// <param name="TimeNs">Start of the period, ns since the Unix epoch.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">What was traded.</param>
public sealed record PriceReading(
    uint Epoch, ulong Index, long TimeNs, double Open, double High, double Low, double Close, double Volume)
{
    /// <summary>Shares that one of the bar before has become; 1: no split.</summary>
    public double Split { get; init; } = 1;

    /// <summary>Nominal length of the period, s.</summary>
    public double IntervalSeconds { get; init; }

    /// <summary>Of the prices; may be empty.</summary>
    public string Currency { get; init; } = "";

    /// <summary>No market is behind it.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>Bars that did not come before this one.</summary>
    public int Missing { get; init; }
}
