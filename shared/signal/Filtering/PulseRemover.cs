using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Filtering;

/// <summary>Takes a pacemaker's pulses out of a lead: too short for a heart, and flat on both sides.</summary>
/// <remarks>
/// A pulse lasts 0.1 to 2 ms; sampled, it stands in one or two samples (three at 1,000 Hz). A run so short that
/// rises and returns within an eighth of its height, with neighbours as flat, is replaced by the line across it. An
/// R-peak has flanks. Lags the input by <see cref="Delay"/> samples. O(1) a sample: vectors look whether a chunk can
/// hold a pulse at all, which is rare.
/// </remarks>
internal sealed class PulseRemover
{
    /// <summary>The most samples taken at once.</summary>
    public const int Chunk = 64;

    // A lower pulse has less energy than the weakest beat.
    private const int LeastSteps = QrsFilter.StepsPerMv / 12;
    private const int Flat = 8;

    // Where a pulse begins: the flat before it would leave no room for its end.
    private const int RisesSteps = QrsFilter.StepsPerMv / 50;

    // Values to the left of the one that is judged.
    private const int Before = 2;

    private static readonly int Lanes = Vector128<int>.Count;

    private readonly int _longest;
    private readonly int _kept;

    // From _given on the last _kept values, those after Before not judged yet; room for a chunk and for a vector's end.
    private readonly int[] _values;
    private int _given;

    public PulseRemover(double rateHz)
    {
        _longest = (int)Math.Ceiling(rateHz * 0.002) + 1;
        Delay = _longest + 1;
        _kept = Before + Delay;
        _values = new int[_kept + Chunk + Lanes];
    }

    /// <summary>Samples by which the output lags the input.</summary>
    public int Delay { get; }

    /// <summary>Takes the next samples, at most <see cref="Chunk"/>.</summary>
    /// <param name="leadMv">Shape (n), mV.</param>
    /// <param name="isFirst">Whether nothing came before them; what is taken to have been there is their first value.</param>
    /// <returns>Shape (n), steps: without pulses, <see cref="Delay"/> samples behind; valid until the next call.</returns>
    public ReadOnlySpan<int> Process(ReadOnlySpan<float> leadMv, bool isFirst)
    {
        var n = leadMv.Length;
        _values.AsSpan(_given, _kept).CopyTo(_values);
        _given = n;
        Quantise(leadMv, _values.AsSpan(_kept, n));
        if (isFirst && n > 0) _values.AsSpan(0, _kept).Fill(_values[_kept]);
        if (MayHoldPulse(n))
        {
            for (var i = Before; i < Before + n; i++) Remove(i);
        }

        return _values.AsSpan(Before, n);
    }

    /// <summary>Whole steps, four samples at a time; the rest one by one gives the same.</summary>
    internal static void Quantise(ReadOnlySpan<float> leadMv, Span<int> steps)
    {
        var i = 0;
        for (; i + Lanes <= leadMv.Length; i += Lanes)
            QrsFilter.Quantise(Vector128.Create(leadMv.Slice(i, Lanes))).CopyTo(steps.Slice(i, Lanes));
        for (; i < leadMv.Length; i++) steps[i] = QrsFilter.Quantise(leadMv[i]);
    }

    public void Clear()
    {
        _values.AsSpan().Clear();
        _given = 0;
    }

    public void Save(ref StateWriter writer) => writer.WriteAll<int>(_values.AsSpan(_given, _kept));

    public void Restore(ref StateReader reader)
    {
        reader.ReadAll(_values.AsSpan(0, _kept));
        _given = 0;
    }

    /// <summary>False when no value can begin a pulse: none is high enough, flat before and back soon.</summary>
    private bool MayHoldPulse(int n)
    {
        ref var values = ref MemoryMarshal.GetArrayDataReference(_values);
        for (var i = Before; i < Before + n; i += Lanes)
        {
            var before = Vector128.LoadUnsafe(ref values, (nuint)(i - 1));
            var height = Vector128.Abs(Vector128.LoadUnsafe(ref values, (nuint)i) - before);
            var rest = Vector128.Create(int.MaxValue);
            for (var j = 1; j <= _longest; j++)
            {
                var distance = Vector128.Abs(Vector128.LoadUnsafe(ref values, (nuint)(i + j)) - before);
                rest = Vector128.Min(rest, distance);
                if (j < _longest) height = Vector128.Max(height, distance);
            }

            var edge = Vector128.Max(rest, Vector128.Abs(before - Vector128.LoadUnsafe(ref values, (nuint)(i - 2))));
            var pulse = Vector128.GreaterThan(height, Vector128.Create(LeastSteps))
                & Vector128.LessThanOrEqual(edge, Vector128.ShiftRightArithmetic(height, 3));
            if (pulse != Vector128<int>.Zero) return true;
        }

        return false;
    }

    /// <summary>The longest run first, so that nothing of a pulse that lies across two samples stays.</summary>
    private void Remove(int first)
    {
        var before = _values[first - 1];
        if (Math.Abs(_values[first] - before) <= RisesSteps) return;
        for (var length = _longest; length > 0; length--)
        {
            var after = _values[first + length];
            var edge = Math.Max(
                Math.Abs(before - _values[first - 2]),
                Math.Max(Math.Abs(after - before), Math.Abs(_values[first + length + 1] - after)));
            var run = _values.AsSpan(first, length);
            var height = Height(run, before);
            if (height <= LeastSteps || edge > height / Flat) continue;
            for (var i = 0; i < length; i++) run[i] = before + ((after - before) * (i + 1) / (length + 1));
            return;
        }
    }

    private static int Height(ReadOnlySpan<int> run, int before)
    {
        var height = 0;
        foreach (var value in run) height = Math.Max(height, Math.Abs(value - before));
        return height;
    }
}
