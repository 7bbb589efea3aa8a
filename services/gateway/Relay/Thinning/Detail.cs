namespace SignalStream.Gateway.Relay.Thinning;

/// <summary>How much of a wave a viewer wants at most: a phone, or one of 64 small traces, has no use for all of it.</summary>
/// <param name="MostHz">Values a second and channel; null for as many as there are.</param>
/// <param name="Scale">Columns of 2^Scale samples or coarser; 0 for full samples.</param>
internal sealed record Detail(double? MostHz, int Scale)
{
    /// <summary>The scale that keeps to both; 0 for full samples.</summary>
    public int ScaleFor(float rateHz) => Math.Max(Scale, MostHz is { } most ? Columns.ScaleFor(rateHz, most) : 0);
}
