using SignalStream.Signal.Indicators;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>How much a price moves: changes and ranges at four speeds, and by the quarter of an hour of the day.</summary>
/// <remarks>Ranges know more than closes: Parkinson 1980, doi:10.1086/296071. Here the true range, since markets open apart from their close.</remarks>
internal sealed class PriceSpread
{
    public const int Speeds = 4;
    private const long DayNs = 86_400_000_000_000;
    private const long QuarterNs = DayNs / 96;
    private const long IntradayNs = DayNs / 12;

    private static readonly double[] Gains = [0.3, 0.1, 0.04, 0.015];

    private readonly SlidingDistance _distance = new();
    private readonly double[] _changes = new double[Speeds];
    private readonly double[] _ranges = new double[Speeds];
    private readonly SeasonalProfile _quarters = new(96, 0.05);
    private double _usual;
    private long _count;
    private long _timeNs;

    public long Count => _count;

    /// <summary>Running means of absolute relative changes, fast to slow.</summary>
    public ReadOnlySpan<double> Changes => _changes;

    /// <summary>Of true ranges over the close before.</summary>
    public ReadOnlySpan<double> Ranges => _ranges;

    /// <param name="bar">The bar.</param>
    /// <param name="before">Close before it, in its prices.</param>
    public void Add(in PriceBar bar, double before)
    {
        _distance.Add(bar.TimeNs, _count);
        _timeNs = bar.TimeNs;
        var bound = _count > 20 ? 8 * _usual : 1;
        var change = Math.Min(Math.Abs((bar.Close / before) - 1), bound);
        var range = Math.Min((Math.Max(bar.High, before) - Math.Min(bar.Low, before)) / before, bound);
        _count++;
        _usual += Math.Max(1.0 / _count, 0.01) * (Math.Max(change, range) - _usual);
        for (var i = 0; i < Speeds; i++)
        {
            var gain = Math.Max(1.0 / _count, Gains[i]);
            _changes[i] += gain * (change - _changes[i]);
            _ranges[i] += gain * (range - _ranges[i]);
        }

        _quarters.Add(Quarter(bar.TimeNs), range);
    }

    /// <summary>How much more a bar moves halfway to the target than one does now, by the time of day; 1 where that says nothing.</summary>
    public double TimeOfDay(int steps)
    {
        if (_distance.StepNs >= IntradayNs) return 1;
        var now = _quarters[Quarter(_timeNs)];
        var then = _quarters[Quarter(_timeNs + (Math.Max(1, steps / 2) * _distance.StepNs))];
        return now > 0 && !double.IsNaN(then) ? Math.Clamp(then / now, 0.3, 3) : 1;
    }

    public void Reset()
    {
        _distance.Reset();
        _changes.AsSpan().Clear();
        _ranges.AsSpan().Clear();
        _quarters.Reset();
        (_usual, _count, _timeNs) = (0, 0, 0);
    }

    public void Write(ref StateWriter writer)
    {
        _distance.Write(ref writer);
        writer.WriteAll<double>(_changes);
        writer.WriteAll<double>(_ranges);
        _quarters.Write(ref writer);
        writer.Write(_usual);
        writer.Write(_count);
        writer.Write(_timeNs);
    }

    public void Read(ref StateReader reader)
    {
        _distance.Read(ref reader);
        reader.ReadAll(_changes.AsSpan());
        reader.ReadAll(_ranges.AsSpan());
        _quarters.Read(ref reader);
        _usual = reader.Read<double>();
        _count = reader.Read<long>();
        _timeNs = reader.Read<long>();
    }

    private static int Quarter(long timeNs) => (int)((((timeNs % DayNs) + DayNs) % DayNs) / QuarterNs);
}
