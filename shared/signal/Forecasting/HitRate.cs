namespace SignalStream.Signal.Forecasting;

/// <summary>A share of hits and how sure it is.</summary>
public static class HitRate
{
    private const double Z = 1.959963984540054;

    /// <summary>The 95 % interval of a share after Wilson 1927 (doi:10.1080/01621459.1927.10502953); 0 to 1 without trials.</summary>
    /// <param name="hits">At most <paramref name="trials"/>.</param>
    /// <param name="trials">0 or more.</param>
    public static PredictionInterval Interval(long hits, long trials)
    {
        if (trials <= 0) return new PredictionInterval(0, 1);
        var p = (double)hits / trials;
        var width = Z * Z / trials;
        var centre = (p + (width / 2)) / (1 + width);
        var half = Z / (1 + width) * Math.Sqrt((p * (1 - p) / trials) + (width / (4.0 * trials)));
        return new PredictionInterval(Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
