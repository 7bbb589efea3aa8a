using SignalStream.Signal.Numerics;

namespace SignalStream.Signal.Beats;

/// <summary>How likely a candidate that was taken for a beat is one.</summary>
/// <remarks>
/// A logistic regression over the candidates above the threshold in the 24 development records of the MIT-BIH Arrhythmia
/// Database and in the noisy parts of the Noise Stress Test Database. docs/ALGORITHMS.md has its calibration.
/// </remarks>
internal static class BeatConfidence
{
    // Likeness says little below this and much above.
    private const float Alike = 0.9f;

    /// <param name="candidate">The candidate.</param>
    /// <param name="windowSamples">Samples that its energy was summed over.</param>
    /// <param name="relativeRr">Its RR interval against the usual one; 1 while nothing is usual.</param>
    public static float Of(in Candidate candidate, double windowSamples, double relativeRr)
    {
        var valleyShare = Math.Min(1, candidate.Valley / Math.Max(1, candidate.Energy));
        var sharpness = candidate.Slope * windowSamples / Math.Max(1, candidate.Energy);
        var score = 0.54
            - (3.82 * valleyShare)
            + (41.8 * Math.Max(0, candidate.Likeness - Alike))
            - (0.0141 * candidate.QrsMs)
            + (3.14 * Math.Min(1, relativeRr))
            + (0.36 * sharpness);
        return (float)(1 / (1 + PortableMath.Exp(-Math.Clamp(score, -20, 20))));
    }
}
