namespace SignalStream.Signal.Numerics;

/// <summary>Transcendental functions made of IEEE operations alone, in a fixed order.</summary>
/// <remarks>
/// The platform's own differ in the last bit between systems and versions, and a seeded signal or a filter designed
/// with them would differ too. Relative error below 1e-9, which is far under what an electrode resolves.
/// </remarks>
internal static class PortableMath
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2 = 0.6931471805599453;

    /// <summary>e to the power of <paramref name="x"/>, for x in [-700, 700].</summary>
    public static double Exp(double x)
    {
        var k = Math.Floor((x * Log2E) + 0.5);
        var r = x - (k * Ln2);
        var p = 1 + (r * (1.0 / 7));
        p = 1 + (r * (1.0 / 6) * p);
        p = 1 + (r * (1.0 / 5) * p);
        p = 1 + (r * (1.0 / 4) * p);
        p = 1 + (r * (1.0 / 3) * p);
        p = 1 + (r * (1.0 / 2) * p);
        p = 1 + (r * p);
        return p * BitConverter.Int64BitsToDouble(((long)k + 1023) << 52);
    }

    /// <summary>The same for any argument: 0 below −700, its value at 700 above.</summary>
    public static double ExpBounded(double x) => x < -700 ? 0 : Exp(Math.Min(x, 700));

    /// <summary>Inverse hyperbolic sine.</summary>
    public static double Asinh(double x)
    {
        var a = Math.Abs(x);
        var r = PortableLog.Log(a + Math.Sqrt((a * a) + 1));
        return x < 0 ? -r : r;
    }

    /// <summary>Hyperbolic sine of x within ±20; beyond, that of ±20.</summary>
    public static double Sinh(double x)
    {
        var e = Exp(Math.Clamp(x, -20, 20));
        return 0.5 * (e - (1 / e));
    }

    /// <summary>Sine of an angle in turns, so that reducing it is exact however many turns went by.</summary>
    public static double SinTurns(double turns)
    {
        var t = turns - Math.Floor(turns + 0.5);
        if (t > 0.25) t = 0.5 - t;
        else if (t < -0.25) t = -0.5 - t;
        var x = 2 * Math.PI * t;
        var s = x * x;
        var p = 1 - (s * (1.0 / 210));
        p = 1 - (s * (1.0 / 156) * p);
        p = 1 - (s * (1.0 / 110) * p);
        p = 1 - (s * (1.0 / 72) * p);
        p = 1 - (s * (1.0 / 42) * p);
        p = 1 - (s * (1.0 / 20) * p);
        return x * (1 - (s * (1.0 / 6) * p));
    }
}
