using System.Numerics;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Filtering;

/// <summary>The latest values of a signal by their index: a ring whose length is a power of two.</summary>
internal sealed class History(int atLeast)
{
    private readonly int[] _values = new int[(int)BitOperations.RoundUpToPowerOf2((uint)atLeast)];

    /// <summary>How far back it reaches.</summary>
    public int Length => _values.Length;

    /// <summary>The value at an index, which must be one of the last <see cref="Length"/> written.</summary>
    public int this[long index]
    {
        get => _values[(int)index & (_values.Length - 1)];
        set => _values[(int)index & (_values.Length - 1)] = value;
    }

    /// <summary>Copies a run of values out, so that a loop over them needs no ring arithmetic.</summary>
    /// <param name="first">Index of the first of them.</param>
    /// <param name="destination">At most <see cref="Length"/> values.</param>
    public void CopyTo(long first, Span<int> destination)
    {
        var from = (int)first & (_values.Length - 1);
        var head = Math.Min(destination.Length, _values.Length - from);
        _values.AsSpan(from, head).CopyTo(destination);
        _values.AsSpan(0, destination.Length - head).CopyTo(destination[head..]);
    }

    public void Clear() => Fill(0);

    public void Fill(int value) => _values.AsSpan().Fill(value);

    public void Save(ref StateWriter writer) => writer.WriteAll<int>(_values);

    public void Restore(ref StateReader reader) => reader.ReadAll(_values.AsSpan());
}
