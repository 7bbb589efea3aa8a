using SignalStream.Signal.Numerics;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>A price's forecasts one distance ahead, all in relative changes of the last close.</summary>
internal sealed class PriceHorizon
{
    private const int Experts = 5;
    private const int Scales = 6;
    private const int WarmUp = 20;
    private const int SpreadFeatures = 7;
    private const double NaivePrior = 20;
    private const double MostPull = 0.5;

    private readonly int _steps;
    private readonly double _root;
    private readonly PriceSpread _spread;
    private readonly bool _usesIndicators;
    private readonly RobustRegression _full;
    private readonly RobustRegression _short;
    private readonly RobustRegression _sizes = new(SpreadFeatures, 0.9995, 1.5, 1);
    private readonly RiseProbability _rise;
    private readonly IntervalTracker _interval;
    private readonly double[] _losses = new double[Experts];
    private readonly double[] _features;
    private readonly float[] _sizeFeatures;
    private readonly float[] _changes;
    private readonly float[] _scales;
    private readonly float[] _bounds;
    private readonly Standing[] _standing;
    private readonly double[] _x = new double[RobustRegression.WidthOf(PriceFeatures.Count)];
    private readonly double[] _xShort = new double[RobustRegression.WidthOf(3)];
    private readonly double[] _xSizes = new double[RobustRegression.WidthOf(SpreadFeatures)];
    private double _drift;
    private double _size;
    private long _outcomes;

    public PriceHorizon(int steps, PriceSpread spread, bool usesIndicators)
    {
        (_steps, _spread, _usesIndicators) = (steps, spread, usesIndicators);
        _root = Math.Sqrt(steps);
        _full = new RobustRegression(PriceFeatures.Count, 1, 2, 0.02 / steps);
        _short = new RobustRegression(3, 1, 2, 0.02 / steps);
        _rise = new RiseProbability(steps, PriceFeatures.Count, usesIndicators);
        _interval = new IntervalTracker(new IntervalSettings(Scales, 0, 0.04 / steps, 0.03 / steps, 0.998));
        _features = new double[steps * PriceFeatures.Count];
        _sizeFeatures = new float[steps * SpreadFeatures];
        _changes = new float[steps * Experts];
        _scales = new float[steps * Scales];
        _bounds = new float[steps * IntervalTracker.Bounds];
        _standing = new Standing[steps];
    }

    /// <param name="bar">Number of the bar, from 0.</param>
    /// <param name="close">Its close.</param>
    public void Learn(long bar, double close)
    {
        var made = bar - _steps;
        if (made < 0) return;
        var slot = (int)(made % _steps);
        var standing = _standing[slot];
        var change = (close / standing.Close) - 1;
        var rose = close > standing.Close;
        _outcomes++;
        if (made > WarmUp) LearnAll(slot, standing, change, rose);
        else _rise.Count(standing.Told.Situation, rose ? 1 : 0);
        _drift += (change - _drift) / _outcomes;
        _size += (Math.Abs(change) - _size) / _outcomes;
    }

    /// <param name="bar">Number of the bar, from 0.</param>
    /// <param name="close">Its close.</param>
    /// <param name="x">Shape (PriceFeatures.Count).</param>
    public HorizonForecast Forecast(long bar, double close, ReadOnlySpan<double> x)
    {
        var slot = (int)(bar % _steps);
        x.CopyTo(FeaturesAt(slot));
        Load(slot);
        var norm = FillSizes(slot);
        FillScales(slot, norm);
        Ask(slot);
        var change = bar >= 30 ? Mix(ChangesAt(slot)) : 0;
        var rise = _rise.Estimate(_x.AsSpan(0, PriceFeatures.Count), PriceFeatures.Situation(x), out var told);
        var bounds = _bounds.AsSpan(slot * IntervalTracker.Bounds, IntervalTracker.Bounds);
        _interval.Range(change, ScalesAt(slot), -0.999, 1000, bounds);
        _standing[slot] = new Standing(close, change, norm, told);
        return new HorizonForecast(
            _steps, close * (1 + change), Prices(close, bounds), Prices(close, bounds[2..]), Prices(close, bounds[4..]), rise);
    }

    /// <summary>After a split: the closes that outcomes are compared with.</summary>
    public void Rescale(double factor)
    {
        foreach (ref var standing in _standing.AsSpan())
            standing = standing with { Close = standing.Close * factor };
    }

    public void Reset()
    {
        _full.Reset();
        _short.Reset();
        _sizes.Reset();
        _rise.Reset();
        _interval.Reset();
        _losses.AsSpan().Clear();
        _features.AsSpan().Clear();
        _sizeFeatures.AsSpan().Clear();
        _changes.AsSpan().Clear();
        _scales.AsSpan().Clear();
        _bounds.AsSpan().Clear();
        _standing.AsSpan().Clear();
        (_drift, _size, _outcomes) = (0, 0, 0);
    }

    public void Write(ref StateWriter writer)
    {
        _full.Write(ref writer);
        _short.Write(ref writer);
        _sizes.Write(ref writer);
        _rise.Write(ref writer);
        _interval.Write(ref writer);
        writer.WriteAll<double>(_losses);
        writer.WriteAll<double>(_features);
        writer.WriteAll<float>(_sizeFeatures);
        writer.WriteAll<float>(_changes);
        writer.WriteAll<float>(_scales);
        writer.WriteAll<float>(_bounds);
        writer.WriteAll<Standing>(_standing);
        writer.WriteAll<double>([_drift, _size]);
        writer.Write(_outcomes);
    }

    public void Read(ref StateReader reader)
    {
        _full.Read(ref reader);
        _short.Read(ref reader);
        _sizes.Read(ref reader);
        _rise.Read(ref reader);
        _interval.Read(ref reader);
        reader.ReadAll(_losses.AsSpan());
        reader.ReadAll(_features.AsSpan());
        reader.ReadAll(_sizeFeatures.AsSpan());
        reader.ReadAll(_changes.AsSpan());
        reader.ReadAll(_scales.AsSpan());
        reader.ReadAll(_bounds.AsSpan());
        reader.ReadAll(_standing.AsSpan());
        (_drift, _size) = (reader.Read<double>(), reader.Read<double>());
        _outcomes = reader.Read<long>();
    }

    private static PredictionInterval Prices(double close, ReadOnlySpan<float> bounds) =>
        new(close * (1 + bounds[0]), close * (1 + bounds[1]));

    private Span<double> FeaturesAt(int slot) => _features.AsSpan(slot * PriceFeatures.Count, PriceFeatures.Count);

    private Span<float> SizesAt(int slot) => _sizeFeatures.AsSpan(slot * SpreadFeatures, SpreadFeatures);

    private Span<float> ChangesAt(int slot) => _changes.AsSpan(slot * Experts, Experts);

    private Span<float> ScalesAt(int slot) => _scales.AsSpan(slot * Scales, Scales);

    private void Load(int slot)
    {
        var x = FeaturesAt(slot);
        x.CopyTo(_x);
        (_xShort[0], _xShort[1], _xShort[2]) = (x[0], x[PriceFeatures.LastMove], x[PriceFeatures.CloseInBar]);
        var sizes = SizesAt(slot);
        for (var i = 0; i < sizes.Length; i++)
            _xSizes[i] = sizes[i];
    }

    private void LearnAll(int slot, in Standing standing, double change, bool rose)
    {
        Load(slot);
        var scale = ScalesAt(slot)[0];
        var pulled = Math.Clamp(change / scale, -8, 8);
        _full.Learn(_x, pulled);
        _short.Learn(_xShort, pulled);
        var changes = ChangesAt(slot);
        for (var i = 0; i < Experts; i++)
            _losses[i] = (0.999 * _losses[i]) + Math.Min(10, Math.Abs(change - changes[i]) / scale);
        _rise.Learn(_x.AsSpan(0, PriceFeatures.Count), standing.Told, rose);
        _interval.Learn(
            standing.Change, ScalesAt(slot), _bounds.AsSpan(slot * IntervalTracker.Bounds, IntervalTracker.Bounds), change);
        _sizes.Learn(_xSizes, Math.Min(Math.Abs(change), 12 * scale) / standing.Norm);
    }

    /// <summary>How large the change will be is a regression on how large changes and ranges were, after Corsi 2009 (doi:10.1093/jjfinec/nbp001).</summary>
    private double FillSizes(int slot)
    {
        var norm = Math.Max(1e-9, _spread.Changes[3] * _root);
        var sizes = SizesAt(slot);
        sizes[0] = 0.3f;
        for (var i = 0; i < 3; i++)
        {
            sizes[1 + i] = (float)(_spread.Changes[i] * _root / norm);
            sizes[4 + i] = (float)(_spread.Ranges[i] * _root / norm);
        }

        for (var i = 0; i < sizes.Length; i++)
            _xSizes[i] = sizes[i];
        return norm;
    }

    private void FillScales(int slot, double norm)
    {
        var changes = _spread.Changes;
        var ranges = _spread.Ranges;
        var scales = ScalesAt(slot);
        var mixed = Math.Max(1e-9, 0.5 * (changes[1] + changes[3]) * _root);
        var least = (0.15 * changes[3] * _root) + 1e-9;
        var daytime = _spread.TimeOfDay(_steps);
        var sized = Math.Clamp(_spread.Count > 100 ? _sizes.Predict(_xSizes) * norm : mixed, 0.3 * mixed, 4 * mixed);
        scales[0] = (float)mixed;
        scales[1] = (float)((changes[1] * _root) + least);
        scales[2] = (float)((0.6 * ranges[1] * _root) + least);
        scales[3] = (float)((((0.4 * ranges[2]) + (0.2 * ranges[0])) * _root * daytime) + least);
        scales[4] = (float)sized;
        scales[5] = (float)(sized * Math.Sqrt(daytime));
    }

    /// <summary>No change, drift, drift if it is plain, and two regressions, all held small.</summary>
    private void Ask(int slot)
    {
        var changes = ChangesAt(slot);
        changes.Clear();
        if (_outcomes > 50)
        {
            var drift = _drift * _outcomes / (_outcomes + (200.0 * _steps));
            var clarity = _size > 0 ? Math.Abs(_drift) / _size * Math.Sqrt((double)_outcomes / _steps) : 0;
            changes[1] = (float)drift;
            changes[2] = (float)(drift * Math.Clamp(clarity - 0.5, 0, 1));
        }

        if (!_usesIndicators) return;
        var scale = ScalesAt(slot)[0];
        changes[3] = (float)(scale * Math.Clamp(_full.Predict(_x), -MostPull, MostPull));
        changes[4] = (float)(scale * Math.Clamp(_short.Predict(_xShort), -MostPull, MostPull));
    }

    private double Mix(ReadOnlySpan<float> changes)
    {
        var least = double.MaxValue;
        foreach (var loss in _losses)
            least = Math.Min(least, loss);
        double sum = 0, weights = 0;
        for (var i = 0; i < Experts; i++)
        {
            var weight = (i == 0 ? NaivePrior : 1) * PortableMath.ExpBounded(-0.5 / _root * (_losses[i] - least));
            sum += weight * changes[i];
            weights += weight;
        }

        return sum / weights;
    }

    private readonly record struct Standing(double Close, double Change, double Norm, RiseProbability.Told Told);
}
