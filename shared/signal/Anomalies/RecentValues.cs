using System.Runtime.Intrinsics;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Anomalies;

/// <summary>The last values, by age: two runs of memory, newest first.</summary>
internal sealed class RecentValues(int capacity)
{
    private readonly float[] _values = new float[capacity];
    private int _head;

    /// <summary>How many there are, at most the capacity.</summary>
    public int Count { get; private set; }

    /// <summary>The newest values, newest first.</summary>
    public ReadOnlySpan<float> Newer => _values.AsSpan(_head, Math.Min(Count, _values.Length - _head));

    /// <summary>The values older than those.</summary>
    public ReadOnlySpan<float> Older => _values.AsSpan(0, Count - Newer.Length);

    /// <summary>The value added <paramref name="age"/> + 1 calls of <see cref="Add"/> ago.</summary>
    public float this[int age] => _values[(_head + age) % _values.Length];

    public void Add(float value)
    {
        _head = (_head == 0 ? _values.Length : _head) - 1;
        _values[_head] = value;
        Count = Math.Min(Count + 1, _values.Length);
    }

    /// <summary>Mean of the values of ages <paramref name="from"/> to <paramref name="from"/> + <paramref name="count"/> − 1.</summary>
    public double Mean(int from, int count)
    {
        var sum = 0.0;
        for (var age = from; age < from + count; age++)
            sum += this[age];
        return sum / count;
    }

    /// <summary>Distance to the nearest value that is at least so old; infinite when there is none.</summary>
    public float NearestDistance(float value, int fromAge)
    {
        var newer = Newer;
        var least = Nearest.Distance(newer[Math.Min(fromAge, newer.Length)..], value);
        return MathF.Min(least, Nearest.Distance(Older[Math.Clamp(fromAge - newer.Length, 0, Older.Length)..], value));
    }

    public void Clear()
    {
        _values.AsSpan().Clear();
        (_head, Count) = (0, 0);
    }

    public void Save(ref StateWriter writer)
    {
        writer.WriteAll<float>(_values);
        writer.Write(_head);
        writer.Write(Count);
    }

    public void Restore(ref StateReader reader)
    {
        reader.ReadAll(_values.AsSpan());
        _head = reader.Read<int>();
        Count = reader.Read<int>();
    }
}

/// <summary>The least distance to any of many values; a minimum, so that the order and width of the work do not matter.</summary>
internal static class Nearest
{
    public static float Distance(ReadOnlySpan<float> values, float value)
    {
        var least = Vector256.Create(float.PositiveInfinity);
        var wanted = Vector256.Create(value);
        var i = 0;
        for (; i <= values.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            least = Vector256.Min(least, Vector256.Abs(Vector256.Create(values[i..]) - wanted));
        var result = float.PositiveInfinity;
        for (var lane = 0; lane < Vector256<float>.Count; lane++)
            result = MathF.Min(result, least[lane]);
        for (; i < values.Length; i++)
            result = MathF.Min(result, MathF.Abs(values[i] - value));
        return result;
    }
}
