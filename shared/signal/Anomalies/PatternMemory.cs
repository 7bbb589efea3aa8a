using System.Runtime.Intrinsics;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Anomalies;

/// <summary>How unlike anything before the course of the last few values is.</summary>
/// <remarks>
/// The distance to the course that ended so many values ago is the exponentially weighted sum of squared differences, kept
/// for every age and carried on by one multiplication and one addition each: after Burnaev and Ishimtsev 2016
/// (arXiv:1608.04585, KNN-CAD), with one neighbour and a window that fades instead of one that ends.
/// </remarks>
internal sealed class PatternMemory(int ages, float fade)
{
    /// <summary>Courses that overlap with the present one are no likeness.</summary>
    private const int Excluded = 6;

    private readonly float[] _distances = new float[ages];

    /// <summary>Takes the next value, before it is added to <paramref name="recent"/>.</summary>
    /// <returns>Distance of the nearest course, in the values' unit; infinite while there is none.</returns>
    public float Process(float value, RecentValues recent)
    {
        var newer = recent.Newer;
        var first = Math.Min(ages, newer.Length);
        var second = Math.Min(ages - first, recent.Older.Length);
        Update(_distances.AsSpan(0, first), newer[..first], value);
        Update(_distances.AsSpan(first, second), recent.Older[..second], value);
        var known = first + second;
        if (known <= Excluded)
            return float.PositiveInfinity;
        return MathF.Sqrt(Nearest.Distance(_distances.AsSpan(Excluded..known), 0) * (1 - fade));
    }

    public void Clear() => _distances.AsSpan().Clear();

    public void Save(ref StateWriter writer) => writer.WriteAll<float>(_distances);

    public void Restore(ref StateReader reader) => reader.ReadAll(_distances.AsSpan());

    private void Update(Span<float> distances, ReadOnlySpan<float> before, float value)
    {
        var fades = Vector256.Create(fade);
        var values = Vector256.Create(value);
        var i = 0;
        for (; i <= distances.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var difference = Vector256.Create(before[i..]) - values;
            ((Vector256.Create<float>(distances[i..]) * fades) + (difference * difference)).CopyTo(distances[i..]);
        }

        for (; i < distances.Length; i++)
        {
            var difference = before[i] - value;
            distances[i] = (distances[i] * fade) + (difference * difference);
        }
    }
}
