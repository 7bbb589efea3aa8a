using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>The pool's forecasts one distance ahead: experts, their mixture, the interval, and what still waits for its outcome.</summary>
internal sealed class SeriesHorizon
{
    private const int Experts = 24;
    private const int Scales = 5;
    private const int WarmUp = 30;
    private const double Forgetting = 0.9995;
    private const double Huber = 0.5;
    private const double Prior = 1;

    // Experts whose disagreement is a measure of spread.
    private static readonly int[] Opinions = [0, 5, 9, 21, 22, 23];

    private readonly int _steps;
    private readonly double _decay;
    private readonly SeriesSeasons _seasons;
    private readonly SeriesFeatures _features;
    private readonly RobustRegression _short = new(SeriesFeatures.ShortCount, Forgetting, Huber, Prior);
    private readonly RobustRegression _full = new(SeriesFeatures.Count, Forgetting, Huber, Prior);
    private readonly RobustRegression _shortTame = new(SeriesFeatures.ShortCount, Forgetting, Huber, Prior);
    private readonly RobustRegression _fullTame = new(SeriesFeatures.Count, Forgetting, Huber, Prior);
    private readonly ExpertMixture _mixture = new(Experts);
    private readonly IntervalTracker _interval = new(new IntervalSettings(Scales, 1, 0.05, 0.04, 0.999));
    private readonly ErrorSpread _spread = new();
    private readonly float[] _plain;
    private readonly float[] _tame;
    private readonly float[] _changes;
    private readonly float[] _scales;
    private readonly float[] _bounds;
    private readonly Standing[] _standing;
    private readonly double[] _x = new double[RobustRegression.WidthOf(SeriesFeatures.Count)];
    private readonly double[] _xShort = new double[RobustRegression.WidthOf(SeriesFeatures.ShortCount)];

    public SeriesHorizon(int steps, SeriesSeasons seasons, SeriesFeatures features)
    {
        (_steps, _seasons, _features) = (steps, seasons, features);
        _decay = 1;
        for (var i = 0; i < steps; i++)
            _decay *= 0.97;
        _plain = new float[steps * SeriesFeatures.Count];
        _tame = new float[steps * SeriesFeatures.Count];
        _changes = new float[steps * Experts];
        _scales = new float[steps * Scales];
        _bounds = new float[steps * IntervalTracker.Bounds];
        _standing = new Standing[steps];
    }

    /// <summary>Learns from the forecast whose outcome came; called before the features take the value in.</summary>
    public void Learn(double value)
    {
        var made = _features.Seen - _steps;
        if (made < 0) return;
        var slot = (int)(made % _steps);
        var standing = _standing[slot];
        if (made > WarmUp) LearnRegressions(slot, standing, value);
        if (made <= 5 || !(_features.Scale > 0)) return;
        var change = value - standing.Last;
        _mixture.Learn(ChangesAt(slot), standing.Best, standing.Mean, change, _features.Scale);
        _interval.Learn(standing.Change, ScalesAt(slot), BoundsAt(slot), change);
        _spread.Learn(change - standing.Change, standing.Hour);
    }

    /// <summary>Forecasts from the features as they are.</summary>
    /// <param name="timeNs">Of the last value.</param>
    /// <param name="presentFrom">A horizon that filled in the present features already; null: none has.</param>
    public HorizonForecast Forecast(long timeNs, SeriesHorizon? presentFrom)
    {
        var slot = Slot;
        var targetNs = timeNs + (_steps * _seasons.StepNs);
        _features.LookAhead(targetNs);
        CopyPresent(presentFrom, slot);
        _features.Fill(PlainAt(slot), TameAt(slot), presentFrom is not null);
        Ask(slot);
        var change = _mixture.Combine(ChangesAt(slot), out var best, out var mean);
        if (_features.Seen < WarmUp) change = 0;

        var hour = SeriesSeasons.HourOf(targetNs);
        _spread.Fill(ScalesAt(slot), hour, Disagreement(slot, change));
        _interval.Range(change, ScalesAt(slot), Least, Most, BoundsAt(slot));
        _standing[slot] = new Standing(
            _features.Last, _features.Scale, _features.Transform.Centre, _features.Transform.Spread, change, best, mean, hour);
        return Told(change, BoundsAt(slot));
    }

    public void Reset()
    {
        _short.Reset();
        _full.Reset();
        _shortTame.Reset();
        _fullTame.Reset();
        _mixture.Reset();
        _interval.Reset();
        _spread.Reset();
        foreach (var ring in (ReadOnlySpan<float[]>)[_plain, _tame, _changes, _scales, _bounds])
            ring.AsSpan().Clear();
        _standing.AsSpan().Clear();
    }

    public void Write(ref StateWriter writer)
    {
        _short.Write(ref writer);
        _full.Write(ref writer);
        _shortTame.Write(ref writer);
        _fullTame.Write(ref writer);
        _mixture.Write(ref writer);
        _interval.Write(ref writer);
        _spread.Write(ref writer);
        writer.WriteAll<float>(_plain);
        writer.WriteAll<float>(_tame);
        writer.WriteAll<float>(_changes);
        writer.WriteAll<float>(_scales);
        writer.WriteAll<float>(_bounds);
        writer.WriteAll<Standing>(_standing);
    }

    public void Read(ref StateReader reader)
    {
        _short.Read(ref reader);
        _full.Read(ref reader);
        _shortTame.Read(ref reader);
        _fullTame.Read(ref reader);
        _mixture.Read(ref reader);
        _interval.Read(ref reader);
        _spread.Read(ref reader);
        reader.ReadAll(_plain.AsSpan());
        reader.ReadAll(_tame.AsSpan());
        reader.ReadAll(_changes.AsSpan());
        reader.ReadAll(_scales.AsSpan());
        reader.ReadAll(_bounds.AsSpan());
        reader.ReadAll(_standing.AsSpan());
    }

    /// <summary>Lowest change that is forecast: to a little below what was ever seen.</summary>
    private double Least => _features.Least - _features.Last - Margin;

    private double Most => _features.Most - _features.Last + Margin;

    private double Margin => 0.05 * (_features.Most - _features.Least);

    private int Slot => (int)((_features.Seen - 1) % _steps);

    private Span<float> PlainAt(int slot) => _plain.AsSpan(slot * SeriesFeatures.Count, SeriesFeatures.Count);

    private Span<float> TameAt(int slot) => _tame.AsSpan(slot * SeriesFeatures.Count, SeriesFeatures.Count);

    private Span<float> ChangesAt(int slot) => _changes.AsSpan(slot * Experts, Experts);

    private Span<float> ScalesAt(int slot) => _scales.AsSpan(slot * Scales, Scales);

    private Span<float> BoundsAt(int slot) => _bounds.AsSpan(slot * IntervalTracker.Bounds, IntervalTracker.Bounds);

    private void CopyPresent(SeriesHorizon? other, int slot)
    {
        if (other is null) return;
        other.PlainAt(other.Slot).CopyTo(PlainAt(slot));
        other.TameAt(other.Slot).CopyTo(TameAt(slot));
    }

    private void LearnRegressions(int slot, in Standing standing, double value)
    {
        if (standing.Scale > 0)
        {
            Load(PlainAt(slot));
            var change = Math.Clamp((value - standing.Last) / standing.Scale, -50, 50);
            _short.Learn(_xShort, change);
            _full.Learn(_x, change);
        }

        var transform = (standing.Centre, standing.Spread);
        if (!(standing.Spread > 0)) return;
        Load(TameAt(slot));
        var tame = SeriesFeatures.ToTame(value, transform) - SeriesFeatures.ToTame(standing.Last, transform);
        _shortTame.Learn(_xShort, tame);
        _fullTame.Learn(_x, tame);
    }

    /// <summary>The change that each expert forecasts.</summary>
    private void Ask(int slot)
    {
        var f = _features;
        var all = ChangesAt(slot);
        var n = 0;
        all[n++] = 0;
        all[n++] = (float)(f.Seen > 1 ? _steps * (f.Last - f.First) / (f.Seen - 1) : 0);
        foreach (var mean in f.Means)
            all[n++] = (float)(mean - f.Last);
        all[n++] = (float)(f.Holt(_steps) - f.Last);
        for (var i = 0; i < 4; i++)
            all[n++] = (float)(f.Median(i) - f.Last);
        foreach (var feature in SeriesFeatures.Profiles)
            all[n++] = (float)(f.Raw(feature) - f.Last);
        all[n++] = (float)(f.DayChange(_decay) - f.Last);
        AskRegressions(slot, all[n..]);
        foreach (ref var change in all)
            change = float.IsFinite(change) ? (float)Math.Clamp(change, Least, Most) : 0;
    }

    private void AskRegressions(int slot, Span<float> changes)
    {
        var f = _features;
        Load(PlainAt(slot));
        changes[0] = (float)(f.Scale * Math.Clamp(_short.Predict(_xShort), -60, 60));
        changes[1] = (float)(f.Scale * Math.Clamp(_full.Predict(_x), -60, 60));
        Load(TameAt(slot));
        var last = SeriesFeatures.ToTame(f.Last, f.Transform);
        changes[2] = (float)(SeriesFeatures.FromTame(last + _fullTame.Predict(_x), f.Transform) - f.Last);
        changes[3] = (float)(SeriesFeatures.FromTame(last + _shortTame.Predict(_xShort), f.Transform) - f.Last);
    }

    private HorizonForecast Told(double change, ReadOnlySpan<float> bounds)
    {
        var last = _features.Last;
        return new HorizonForecast(
            _steps,
            last + change,
            new(last + bounds[0], last + bounds[1]),
            new(last + bounds[2], last + bounds[3]),
            new(last + bounds[4], last + bounds[5]),
            double.NaN);
    }

    private void Load(ReadOnlySpan<float> features)
    {
        for (var i = 0; i < features.Length; i++)
            _x[i] = features[i];
        _x.AsSpan(0, SeriesFeatures.ShortCount).CopyTo(_xShort);
    }

    private double Disagreement(int slot, double change)
    {
        var changes = ChangesAt(slot);
        var sum = 0.0;
        foreach (var i in Opinions)
            sum += Math.Abs(changes[i] - change);
        return sum / Opinions.Length;
    }

    /// <summary>A forecast that waits for its outcome, and what it was made of.</summary>
    private readonly record struct Standing(
        double Last, double Scale, double Centre, double Spread, double Change, double Best, double Mean, long Hour);
}
