using System.Numerics;

namespace SignalStream.Benchmarks.Relay;

/// <summary>Delays in buckets of at most 1.6 % width: adding costs a few instructions, and threads' own are summed up at the end.</summary>
internal sealed class Delays
{
    private const int StepBits = 6;

    private readonly long[] _counts = new long[64 << StepBits];

    public long Count { get; private set; }

    public void Add(long nanoseconds)
    {
        var value = (ulong)Math.Max(nanoseconds, 1 << StepBits);
        var shift = BitOperations.Log2(value) - StepBits;
        _counts[(shift << StepBits) + (int)(value >> shift)]++;
        Count++;
    }

    public void Add(Delays other)
    {
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        Count += other.Count;
    }

    /// <summary>Those that are not empty, by their index.</summary>
    public Dictionary<int, long> Buckets() => Enumerable.Range(0, _counts.Length).Where(i => _counts[i] > 0).ToDictionary(i => i, i => _counts[i]);

    public void Add(Dictionary<int, long> buckets)
    {
        foreach (var (index, count) in buckets)
        {
            _counts[index] += count;
            Count += count;
        }
    }

    /// <summary>The delay that a share of all does not pass, ms.</summary>
    public double Milliseconds(double share)
    {
        var left = (long)(share * (Count - 1));
        for (var i = 0; i < _counts.Length; i++)
        {
            if ((left -= _counts[i]) < 0)
            {
                var shift = Math.Max((i >> StepBits) - 1, 0);
                return ((ulong)(i - (shift << StepBits)) << shift) / 1e6;
            }
        }

        return double.NaN;
    }
}
