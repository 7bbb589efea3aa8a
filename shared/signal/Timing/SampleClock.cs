namespace SignalStream.Signal.Timing;

/// <summary>Sample index to event time and back, at a nominal rate, exact and without drift.</summary>
/// <remarks>
/// The rate is taken as the exact fraction that its bits are, and time as whole nanoseconds rounded down, in 128-bit
/// arithmetic: the millionth hour is as right as the first second, and both directions agree on every sample.
/// </remarks>
public readonly record struct SampleClock
{
    private const long NsPerSecond = 1_000_000_000;
    private readonly long _numerator;
    private readonly long _denominator;

    /// <summary>Makes the clock of a stream.</summary>
    /// <param name="startNs">Event time of sample 0, ns since the Unix epoch.</param>
    /// <param name="rateHz">Nominal rate, Hz, from 0.001 to 1e9.</param>
    public SampleClock(long startNs, double rateHz)
    {
        if (rateHz is not (>= 1e-3 and <= 1e9))
            throw new ArgumentOutOfRangeException(nameof(rateHz), rateHz, "The rate must be from 0.001 to 1e9 Hz.");
        StartNs = startNs;
        RateHz = rateHz;
        (_numerator, _denominator) = Fraction(rateHz);
    }

    /// <summary>Event time of sample 0, ns since the Unix epoch.</summary>
    public long StartNs { get; }

    /// <summary>Nominal rate, Hz.</summary>
    public double RateHz { get; }

    /// <summary>Event time of a sample: ns since the Unix epoch, rounded down.</summary>
    /// <exception cref="OverflowException">The time lies outside what 64 bits of nanoseconds hold.</exception>
    public long TimeNs(long index)
    {
        var (seconds, rest) = FloorDivRem((Int128)index * _denominator, _numerator);
        return checked((long)(StartNs + (seconds * NsPerSecond) + (rest * NsPerSecond / _numerator)));
    }

    /// <summary>The last sample whose event time is at or before <paramref name="timeNs"/>.</summary>
    public long IndexAt(long timeNs)
    {
        var elapsed = (Int128)timeNs - StartNs + 1;
        var (whole, rest) = FloorDivRem(elapsed * _numerator, (Int128)NsPerSecond * _denominator);
        return checked((long)(rest == 0 ? whole - 1 : whole));
    }

    private static (Int128 Quotient, Int128 Remainder) FloorDivRem(Int128 dividend, Int128 divisor)
    {
        var (quotient, remainder) = Int128.DivRem(dividend, divisor);
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder);
    }

    /// <summary>A double is an integer times a power of two; halving both is exact until the fraction is whole.</summary>
    private static (long Numerator, long Denominator) Fraction(double value)
    {
        var denominator = 1L;
        while (value != Math.Floor(value) && denominator < 1L << 61)
        {
            value *= 2;
            denominator *= 2;
        }

        return ((long)value, denominator);
    }
}
