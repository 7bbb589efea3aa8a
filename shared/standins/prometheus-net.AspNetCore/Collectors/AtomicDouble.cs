namespace Prometheus;

/// <summary>A double that many threads write without a lock. Compared by its bits, so that NaN ends the loop too.</summary>
internal struct AtomicDouble
{
    private long _bits;

    public double Value
    {
        readonly get => BitConverter.Int64BitsToDouble(Interlocked.Read(in _bits));
        set => Interlocked.Exchange(ref _bits, BitConverter.DoubleToInt64Bits(value));
    }

    public void Add(double amount)
    {
        var seen = Interlocked.Read(in _bits);
        while (!TryReplace(ref seen, BitConverter.Int64BitsToDouble(seen) + amount))
        {
        }
    }

    public void RaiseTo(double target)
    {
        var seen = Interlocked.Read(in _bits);
        while (BitConverter.Int64BitsToDouble(seen) < target && !TryReplace(ref seen, target))
        {
        }
    }

    public void LowerTo(double target)
    {
        var seen = Interlocked.Read(in _bits);
        while (BitConverter.Int64BitsToDouble(seen) > target && !TryReplace(ref seen, target))
        {
        }
    }

    /// <summary>On failure <paramref name="seen"/> is what another thread wrote meanwhile.</summary>
    private bool TryReplace(ref long seen, double value)
    {
        var expected = seen;
        seen = Interlocked.CompareExchange(ref _bits, BitConverter.DoubleToInt64Bits(value), expected);
        return seen == expected;
    }
}
