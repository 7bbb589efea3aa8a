using SignalStream.Signal.Numerics;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>What a telemetry forecast may rest on: the last values, means and medians, and this time of hour, day and week.</summary>
/// <remarks>
/// Each feature is a difference from the last value, so weights of zero are the naive forecast. They come twice: in running
/// mean changes, and through asinh about the median of the last 200 values, where a regression on heavy tails is tame.
/// </remarks>
internal sealed class SeriesFeatures(SeriesSeasons seasons)
{
    /// <summary>Features: a constant, 17 of the present and 8 of the time that is forecast.</summary>
    public const int Count = 26;

    /// <summary>The first of them, which an autoregression uses: constant, five lags, median of 15, two means.</summary>
    public const int ShortCount = 9;

    private const int FirstOfTarget = 18;
    private const double Bound = 50;
    private const double Constant = 0.3;
    private const int TransformEvery = 16;

    // Features that are forecasts by themselves: hour twice, day, kind of day, week, yesterday, day smoothed.
    internal static readonly int[] Profiles = [24, 25, 18, 22, 21, 20, 19];

    private static readonly double[] MeanGains = [0.02, 0.05, 0.12, 0.25, 0.5];

    private readonly double[] _lags = new double[24];
    private readonly double[] _means = new double[MeanGains.Length];
    private readonly SlidingQuantiles[] _medians = [new(5), new(15), new(49), new(289)];
    private readonly SlidingQuantiles _recent = new(200);
    private readonly double[] _raw = new double[Count];
    private long _count;
    private double _level;
    private double _trend;

    public long Seen => _count;

    public double Last => _lags[0];

    public double First { get; private set; }

    /// <summary>Running mean of absolute changes; 0 while there was none.</summary>
    public double Scale { get; private set; }

    public double Least { get; private set; }

    public double Most { get; private set; }

    /// <summary>Centre and spread of the transform; a spread of 0 while it is not known.</summary>
    public (double Centre, double Spread) Transform { get; private set; }

    public ReadOnlySpan<double> Means => _means;

    public double Raw(int feature) => _raw[feature];

    public double Median(int i) => _medians[i].Quantile(0.5);

    /// <summary>The day's profile, moved by a share of how far the series is from it now.</summary>
    public double DayChange(double share) => _raw[19] + ((Last - _raw[9]) * share);

    /// <summary>Level and damped trend after Holt and Gardner (Gardner 2006, doi:10.1016/j.ijforecast.2006.03.005).</summary>
    public double Holt(int steps)
    {
        double sum = 0, damping = 1;
        for (var i = 0; i < steps; i++)
            sum += damping *= 0.9;
        return _level + (_trend * sum);
    }

    public void Add(long timeNs, double value)
    {
        if (_count == 0) Begin(value);
        else Scale += Math.Max(1.0 / _count, 0.002) * (Math.Abs(value - _lags[0]) - Scale);
        _lags.AsSpan(0, _lags.Length - 1).CopyTo(_lags.AsSpan(1));
        _lags[0] = value;
        for (var i = 0; i < _means.Length; i++)
            _means[i] += MeanGains[i] * (value - _means[i]);
        var before = _level;
        _level += 0.3 * (value - (_level + (0.9 * _trend)));
        _trend = (0.9 * _trend) + (0.05 * (_level - before - (0.9 * _trend)));
        foreach (var median in _medians)
            median.Add(value);
        _recent.Add(value);
        (Least, Most) = (Math.Min(Least, value), Math.Max(Most, value));
        seasons.Add(timeNs, value);
        if (_count % TransformEvery == 0) SetTransform();
        _count++;
        LookAround(timeNs);
    }

    /// <summary>Fills in what belongs to the time that is forecast.</summary>
    public void LookAhead(long timeNs)
    {
        _raw[18] = seasons.Day(timeNs);
        _raw[19] = seasons.DayAround(timeNs);
        _raw[20] = seasons.Yesterday(timeNs);
        _raw[21] = seasons.WeekAround(timeNs, 1);
        _raw[22] = seasons.DayTypeAround(timeNs);
        _raw[23] = seasons.WeekAround(timeNs, 4);
        _raw[24] = seasons.SlowHour(timeNs);
        _raw[25] = seasons.FastHour(timeNs);
    }

    /// <param name="plain">Shape (Count): in running mean changes.</param>
    /// <param name="tame">Shape (Count): transformed.</param>
    /// <param name="onlyTarget">The present stands already.</param>
    public void Fill(Span<float> plain, Span<float> tame, bool onlyTarget)
    {
        var scale = Scale > 0 ? Scale : 1;
        var last = ToTame(Last, Transform);
        for (var i = onlyTarget ? FirstOfTarget : 1; i < Count; i++)
        {
            var isKnown = !double.IsNaN(_raw[i]);
            plain[i] = isKnown ? (float)Math.Clamp((_raw[i] - Last) / scale, -Bound, Bound) : 0;
            tame[i] = isKnown ? (float)(ToTame(_raw[i], Transform) - last) : 0;
        }

        plain[0] = tame[0] = (float)Constant;
    }

    public static double ToTame(double value, (double Centre, double Spread) transform) =>
        transform.Spread > 0 ? PortableMath.Asinh((value - transform.Centre) / transform.Spread) : 0;

    public static double FromTame(double value, (double Centre, double Spread) transform) =>
        transform.Centre + (transform.Spread * PortableMath.Sinh(value));

    public void Reset()
    {
        _lags.AsSpan().Clear();
        _means.AsSpan().Clear();
        foreach (var median in _medians)
            median.Reset();
        _recent.Reset();
        _raw.AsSpan().Clear();
        (_count, _level, _trend, First, Scale, Least, Most, Transform) = (0, 0, 0, 0, 0, 0, 0, default);
    }

    public void Write(ref StateWriter writer)
    {
        writer.WriteAll<double>(_lags);
        writer.WriteAll<double>(_means);
        foreach (var median in _medians)
            median.Write(ref writer);
        _recent.Write(ref writer);
        writer.Write(_count);
        writer.WriteAll<double>([_level, _trend, First, Scale, Least, Most, Transform.Centre, Transform.Spread]);
    }

    public void Read(ref StateReader reader)
    {
        reader.ReadAll(_lags.AsSpan());
        reader.ReadAll(_means.AsSpan());
        foreach (var median in _medians)
            median.Read(ref reader);
        _recent.Read(ref reader);
        _count = reader.Read<long>();
        (_level, _trend) = (reader.Read<double>(), reader.Read<double>());
        (First, Scale) = (reader.Read<double>(), reader.Read<double>());
        (Least, Most) = (reader.Read<double>(), reader.Read<double>());
        Transform = (reader.Read<double>(), reader.Read<double>());
    }

    private void Begin(double value)
    {
        _lags.AsSpan().Fill(value);
        _means.AsSpan().Fill(value);
        (_level, First, Least, Most) = (value, value, value, value);
    }

    private void SetTransform()
    {
        var quarters = (_recent.Quantile(0.75) - _recent.Quantile(0.25)) / 1.35;
        var tails = 0.3 * (_recent.Quantile(0.95) - _recent.Quantile(0.05));
        var centre = _recent.Quantile(0.5);
        Transform = (centre, Math.Max(Math.Max(quarters, tails), 1e-9 * (1 + Math.Abs(centre))));
    }

    private void LookAround(long timeNs)
    {
        for (var lag = 1; lag <= 4; lag++)
            _raw[lag] = _lags[lag];
        _raw[5] = _lags[6];
        _raw[6] = Median(1);
        _raw[7] = _means[1];
        _raw[8] = _means[3];
        _raw[9] = seasons.DayAround(timeNs);
        _raw[10] = seasons.WeekAround(timeNs, 1);
        _raw[11] = Median(3);
        _raw[12] = seasons.DayTypeAround(timeNs);
        _raw[13] = _lags[8];
        _raw[14] = _lags[11];
        _raw[15] = Median(0);
        _raw[16] = seasons.SlowHour(timeNs);
        _raw[17] = _lags[23];
    }
}
