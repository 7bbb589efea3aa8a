namespace SignalStream.Signal.Indicators;

/// <summary>What a market did in one period.</summary>
/// <param name="TimeNs">Its start, ns since the Unix epoch.</param>
/// <param name="Open">First price, above 0.</param>
/// <param name="High">Highest price, not below any other.</param>
/// <param name="Low">Lowest price, above 0, not above any other.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">What was traded, 0 or more.</param>
/// <param name="Split">Shares that one of the bar before has become: 7 for a 7-for-1 split, 1 for none. Above 0.</param>
public readonly record struct PriceBar(
    long TimeNs, double Open, double High, double Low, double Close, double Volume, double Split = 1)
{
    /// <summary>The rule that the bar breaks, with the value; null when it breaks none.</summary>
    public string? Fault()
    {
        if (!(Low > 0 && High < 1e15)) return $"prices from {Low} to {High}: they must be above 0 and below 1e15";
        if (!(Math.Min(Open, Close) >= Low && Math.Max(Open, Close) <= High))
            return $"open {Open} and close {Close} must lie within low {Low} and high {High}";
        if (!(Volume >= 0 && double.IsFinite(Volume))) return $"volume {Volume}: it must be 0 or more";
        return Split is > 1e-4 and < 1e4 ? null : $"split {Split}: it must be between 0.0001 and 10000";
    }
}
