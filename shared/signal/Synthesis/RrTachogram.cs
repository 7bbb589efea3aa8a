using SignalStream.Signal.Numerics;

namespace SignalStream.Signal.Synthesis;

/// <summary>RR intervals with the two-peaked spectrum of breathing and blood pressure waves.</summary>
/// <remarks>
/// The paper draws a whole series by an inverse Fourier transform. A stream has no end, so each band is eight sinusoids
/// of equal power at the quantiles of its bell curve, with random phases: same mean, variance and band powers.
/// </remarks>
internal sealed class RrTachogram
{
    private const double LowHz = 0.1, HighHz = 0.25, BandSdHz = 0.01;

    // Standard normal quantiles at 1/16, 3/16, … 15/16.
    private static readonly double[] Quantiles =
        [-1.534121, -0.887147, -0.488776, -0.157311, 0.157311, 0.488776, 0.887147, 1.534121];

    private readonly double _meanSeconds;
    private readonly double _lowAmplitude;
    private readonly double _highAmplitude;
    private readonly double[] _phases = new double[2 * Quantiles.Length];

    public RrTachogram(EcgSettings settings, ref Xoshiro256 random)
    {
        _meanSeconds = 60 / settings.HeartRateBpm;
        var variance = Square(60 * settings.HeartRateSdBpm / Square(settings.HeartRateBpm));
        var highPower = variance / (1 + settings.LfHfRatio);
        _lowAmplitude = Math.Sqrt(2 * (variance - highPower) / Quantiles.Length);
        _highAmplitude = Math.Sqrt(2 * highPower / Quantiles.Length);
        foreach (ref var phase in _phases.AsSpan()) phase = random.NextUnit();
    }

    /// <summary>The RR interval that begins at a time, s, never shorter than a heart can manage.</summary>
    public double At(double seconds)
    {
        var (low, high) = (0.0, 0.0);
        for (var i = 0; i < Quantiles.Length; i++)
        {
            var offsetHz = BandSdHz * Quantiles[i];
            low += PortableMath.SinTurns(((LowHz + offsetHz) * seconds) + _phases[i]);
            high += PortableMath.SinTurns(((HighHz + offsetHz) * seconds) + _phases[i + Quantiles.Length]);
        }

        return Math.Max(0.15, _meanSeconds + (_lowAmplitude * low) + (_highAmplitude * high));
    }

    private static double Square(double x) => x * x;
}
