namespace SignalStream.Gateway.Relay.Thinning;

/// <summary>How samples are gathered into columns, and columns into frames.</summary>
/// <remarks>
/// Envelopes of one scale begin and end at multiples of a block, all scales' on one grid: there a viewer can pass from one
/// to another, and to and from full samples, so that each sample is told exactly once.
/// </remarks>
internal static class Columns
{
    /// <summary>Coarsest scale that a header can name: columns of 32,768 samples.</summary>
    public const int MostScale = 15;

    /// <summary>A block lasts a fifth of a second or longer, below two fifths: thinned traces move four times a second.</summary>
    private const double BlocksPerSecond = 5;

    /// <summary>Coarsest scale of the ladder: one column a block.</summary>
    /// <param name="rateHz">Of the samples.</param>
    public static int TopScale(float rateHz)
    {
        var samples = rateHz / BlocksPerSecond;
        var scale = 1;
        while (scale < MostScale && 1 << scale < samples)
            scale++;
        return scale;
    }

    /// <summary>Scale of a stream at a step of the ladder: the steps spread over what it has.</summary>
    /// <param name="step">0: full samples.</param>
    /// <param name="rateHz">Of the samples.</param>
    public static int ScaleAt(int step, float rateHz) => step >= Ladder.Envelopes
        ? TopScale(rateHz)
        : (step * TopScale(rateHz) + Ladder.Envelopes - 1) / Ladder.Envelopes;

    /// <summary>Samples a block, a power of two and a multiple of the scale's columns; 1 for full samples.</summary>
    public static ulong BlockOf(int scale, float rateHz) => scale == 0 ? 1 : 1UL << Math.Max(scale, TopScale(rateHz));

    /// <summary>The first multiple of a block that is not below a place.</summary>
    public static ulong Ceiling(ulong place, ulong block) => (place + block - 1) & ~(block - 1);

    /// <summary>The last multiple of a block that is not above a place.</summary>
    public static ulong Floor(ulong place, ulong block) => place & ~(block - 1);

    /// <summary>The finest scale of which the columns, two values each, come at most at a rate; 0 when full samples do.</summary>
    public static int ScaleFor(float rateHz, double mostHz)
    {
        if (rateHz <= mostHz)
            return 0;
        var scale = 1;
        while (scale < MostScale && 2 * rateHz / (1 << scale) > mostHz)
            scale++;
        return scale;
    }
}
