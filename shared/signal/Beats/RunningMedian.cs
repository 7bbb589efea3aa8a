using SignalStream.Signal.State;

namespace SignalStream.Signal.Beats;

/// <summary>Median of the last eight values, or of as many as there were: one odd beat does not move it.</summary>
internal sealed class RunningMedian
{
    private const int Capacity = 8;

    private readonly float[] _values = new float[Capacity];
    private int _count;
    private int _next;
    private float _spread;

    public int Count => _count;

    /// <summary>The median; 0 while empty.</summary>
    public float Value { get; private set; }

    /// <summary>Whether there are eight values, and half of them lie close together.</summary>
    public bool IsSteady(float share) => _count == Capacity && _spread < share * Value;

    public void Add(float value)
    {
        _values[_next] = value;
        _next = (_next + 1) % Capacity;
        _count = Math.Min(_count + 1, Capacity);
        Update();
    }

    public void Clear()
    {
        _values.AsSpan().Clear();
        (_count, _next, Value, _spread) = (0, 0, 0, 0);
    }

    public void Save(ref StateWriter writer)
    {
        writer.WriteAll<float>(_values);
        writer.Write(_count);
        writer.Write(_next);
    }

    public void Restore(ref StateReader reader)
    {
        reader.ReadAll(_values.AsSpan());
        _count = reader.Read<int>();
        _next = reader.Read<int>();
        Update();
    }

    private void Update()
    {
        if (_count == 0)
        {
            (Value, _spread) = (0, 0);
            return;
        }

        Span<float> sorted = stackalloc float[Capacity];
        _values.CopyTo(sorted);
        sorted = sorted[.._count];
        sorted.Sort();
        Value = (sorted[(_count - 1) / 2] + sorted[_count / 2]) / 2;
        _spread = sorted[3 * (_count - 1) / 4] - sorted[_count / 4];
    }
}
