using System.Numerics;

namespace SignalStream.Signal.Numerics;

/// <summary>A small seeded generator whose numbers are the same on every platform and in every version.</summary>
/// <remarks>
/// Blackman D, Vigna S (2021), Scrambled linear pseudorandom number generators, ACM Trans. Math. Softw. 47(4):36,
/// doi:10.1145/3460772: xoshiro256**, its state filled from the seed by SplitMix64.
/// </remarks>
internal struct Xoshiro256
{
    private ulong _s0, _s1, _s2, _s3;

    public Xoshiro256(ulong seed)
    {
        _s0 = Mix(ref seed);
        _s1 = Mix(ref seed);
        _s2 = Mix(ref seed);
        _s3 = Mix(ref seed);
    }

    public ulong Next()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Mean 0, SD 1: the sum of four 16-bit uniforms, bell-shaped within ±3.46 and one draw a sample.</summary>
    public double NextBell()
    {
        const double Scale = 1.7320508075688772 / 65536;
        var bits = Next();
        var sum = (int)(bits & 0xFFFF) + (int)((bits >> 16) & 0xFFFF) + (int)((bits >> 32) & 0xFFFF) + (int)(bits >> 48);
        return (sum - 131070) * Scale;
    }

    private static ulong Mix(ref ulong seed)
    {
        var z = seed += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
