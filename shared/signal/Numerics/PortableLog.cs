namespace SignalStream.Signal.Numerics;

/// <summary>The natural logarithm made of IEEE operations alone, in a fixed order: see <see cref="PortableMath"/>.</summary>
internal static class PortableLog
{
    private const double Ln2 = 0.6931471805599453;
    private const double Sqrt2 = 1.4142135623730951;
    private const long MantissaMask = 0x000F_FFFF_FFFF_FFFF;
    private const long One = 0x3FF0_0000_0000_0000;

    /// <summary>ln <paramref name="x"/> for a normal x above zero; relative error below 1e-12.</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & MantissaMask) | One);
        if (mantissa > Sqrt2)
        {
            mantissa *= 0.5;
            exponent++;
        }

        // ln m = 2 artanh((m − 1) / (m + 1)); |s| is at most 0.172, so the next term is below 1e-13.
        var s = (mantissa - 1) / (mantissa + 1);
        var q = s * s;
        var p = 1.0 / 15;
        p = (p * q) + (1.0 / 13);
        p = (p * q) + (1.0 / 11);
        p = (p * q) + (1.0 / 9);
        p = (p * q) + (1.0 / 7);
        p = (p * q) + (1.0 / 5);
        p = (p * q) + (1.0 / 3);
        p = (p * q) + 1;
        return (exponent * Ln2) + (2 * s * p);
    }
}
