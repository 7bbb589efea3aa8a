namespace SignalStream.Signal.Synthesis;

/// <summary>The five waves P, Q, R, S, T of a beat as Gaussians of phase.</summary>
/// <remarks>
/// Angles and widths of the normal beat are Table I of the paper; its strengths a become heights a·b²/ω at 60 beats a
/// minute, as a share of R. The ectopic beat has no P, twice the width and a T against its QRS.
/// </remarks>
internal sealed class EcgShape(double[] angles, double[] widths, double[] heights)
{
    public static readonly EcgShape Normal = new(
        [-Math.PI / 3, -Math.PI / 12, 0, Math.PI / 12, Math.PI / 2],
        [0.25, 0.1, 0.1, 0.1, 0.4],
        [0.25, -1.0 / 6, 1, -0.25, 0.4]);

    public static readonly EcgShape Ectopic = new(
        [-Math.PI / 3, -Math.PI / 8, 0, Math.PI / 5, Math.PI / 1.9],
        [0.25, 0.15, 0.22, 0.25, 0.4],
        [0, -0.1, 1.4, -0.5, -0.45]);

    /// <summary>Angle from the R-peak, rad; P and T move by the fourth root of the rate, Q and S by its square root.</summary>
    /// <param name="wave">0 to 4: P, Q, R, S, T.</param>
    /// <param name="root">Square root of the beats a second.</param>
    public double Angle(int wave, double root) => angles[wave] * (wave is 0 or 4 ? Math.Sqrt(root) : root);

    public double Width(int wave) => widths[wave];

    public double Height(int wave) => heights[wave];
}
