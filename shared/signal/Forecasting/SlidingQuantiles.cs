using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>Quantiles of the last values, kept sorted. O(window) a value.</summary>
internal sealed class SlidingQuantiles(int window)
{
    private readonly double[] _ring = new double[window];
    private readonly double[] _sorted = new double[window];
    private int _count;
    private int _oldest;

    public int Count => _count;

    public void Add(double value)
    {
        if (_count == _ring.Length) Remove(_ring[_oldest]);
        _ring[_oldest] = value;
        _oldest = (_oldest + 1) % _ring.Length;
        var at = PlaceOf(value);
        _sorted.AsSpan(at, _count - at).CopyTo(_sorted.AsSpan(at + 1));
        _sorted[at] = value;
        _count++;
    }

    /// <summary>Between the sorted values by linear interpolation; 0 while there is none.</summary>
    public double Quantile(double q)
    {
        if (_count == 0) return 0;
        var place = q * (_count - 1);
        var below = (int)place;
        return _sorted[below] + ((place - below) * (_sorted[Math.Min(below + 1, _count - 1)] - _sorted[below]));
    }

    /// <summary>Share of the values below this one; one half while there is none.</summary>
    public double RankOf(double value) => _count == 0 ? 0.5 : (double)PlaceOf(value) / _count;

    public void Reset()
    {
        _ring.AsSpan().Clear();
        _sorted.AsSpan().Clear();
        (_count, _oldest) = (0, 0);
    }

    public void Write(ref StateWriter writer)
    {
        writer.WriteAll<double>(_ring);
        writer.Write(_count);
        writer.Write(_oldest);
    }

    public void Read(ref StateReader reader)
    {
        reader.ReadAll(_ring.AsSpan());
        _count = reader.Read<int>();
        _oldest = reader.Read<int>();
        _ring.CopyTo(_sorted, 0);
        _sorted.AsSpan(0, _count).Sort();
    }

    private void Remove(double value)
    {
        var at = PlaceOf(value);
        _sorted.AsSpan(at + 1, _count - at - 1).CopyTo(_sorted.AsSpan(at));
        _count--;
    }

    /// <summary>Of the first value that is not below this one.</summary>
    private int PlaceOf(double value)
    {
        int low = 0, high = _count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_sorted[middle] < value) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
