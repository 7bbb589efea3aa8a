namespace Prometheus;

public sealed partial class Histogram
{
    /// <summary>Bounds start, start + width, … Computed in decimal, so that 0.1 + 0.2 is 0.3.</summary>
    public static double[] LinearBuckets(double start, double width, int count) =>
        Series(start, count, bound => bound + (decimal)width);

    /// <summary>Bounds start, start · factor, start · factor², …</summary>
    public static double[] ExponentialBuckets(double start, double factor, int count)
    {
        if (!(start > 0))
            throw new ArgumentException($"Exponential buckets need a start above 0, not {start}.", nameof(start));
        if (!(factor > 1))
            throw new ArgumentException($"Exponential buckets need a factor above 1, not {factor}.", nameof(factor));
        return Series(start, count, bound => bound * (decimal)factor);
    }

    /// <summary>Each power of ten from start up to end in equal divisions: (-1, 1, 4) gives 0.25 … 1, 2.5 … 10.</summary>
    public static double[] PowersOfTenDividedBuckets(int startPower, int endPower, int divisions)
    {
        if (startPower >= endPower)
            throw new ArgumentException($"The start power {startPower} must be below the end power {endPower}.", nameof(startPower));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(divisions);

        var bounds = new SortedSet<double>();
        for (var power = startPower + 1; power <= endPower; power++)
        {
            // A range begins where the one before ended; what its divisions repeat below that is left out.
            var top = (decimal)Math.Pow(10, power);
            var floor = bounds.Count == 0 ? 0 : bounds.Max;
            for (var division = 1; division <= divisions; division++)
            {
                var bound = (double)(top / divisions * division);
                if (bound > floor)
                    bounds.Add(bound);
            }
        }

        return [.. bounds];
    }

    private static double[] Series(double start, int count, Func<decimal, decimal> next)
    {
        if (count <= 0)
            throw new ArgumentException($"Buckets need a count above 0, not {count}.", nameof(count));

        var bounds = new double[count];
        var bound = (decimal)start;
        for (var i = 0; i < count; i++)
        {
            bounds[i] = (double)bound;
            if (i + 1 < count)
                bound = next(bound);
        }

        return bounds;
    }
}
