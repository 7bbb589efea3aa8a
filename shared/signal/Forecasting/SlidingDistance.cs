using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>The usual time from one bar to the next: the median of the last 31.</summary>
internal sealed class SlidingDistance
{
    private const long DayNs = 86_400_000_000_000;
    private readonly SlidingQuantiles _distances = new(31);
    private long _lastNs;

    /// <summary>ns; a day before the second bar.</summary>
    public long StepNs { get; private set; } = DayNs;

    public void Add(long timeNs, long seen)
    {
        if (seen > 0)
        {
            _distances.Add(Math.Max(0, timeNs - _lastNs));
            StepNs = Math.Max(1, (long)_distances.Quantile(0.5));
        }

        _lastNs = timeNs;
    }

    public void Reset()
    {
        _distances.Reset();
        (_lastNs, StepNs) = (0, DayNs);
    }

    public void Write(ref StateWriter writer)
    {
        _distances.Write(ref writer);
        writer.Write(_lastNs);
        writer.Write(StepNs);
    }

    public void Read(ref StateReader reader)
    {
        _distances.Read(ref reader);
        _lastNs = reader.Read<long>();
        StepNs = reader.Read<long>();
    }
}
