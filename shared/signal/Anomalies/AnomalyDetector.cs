using SignalStream.Signal.State;

namespace SignalStream.Signal.Anomalies;

/// <summary>Finds what is unlike all that a metric did before: one value in, one score out, learning as it goes.</summary>
/// <remarks>
/// Four kinds of novelty, each measured by the metric's own past and so without a unit, are added up: of the value, of the
/// level (two windows side by side, long and short), of the course of the last few values, and for the time of day. What was
/// told lately must be exceeded to be told again. Sources are given at the parts; docs/ALGORITHMS.md has the figures. Causal,
/// no settings, a first judgement after 50 values; about 1 µs a value and 14.6 KiB of state.
/// </remarks>
public sealed class AnomalyDetector : IStateful
{
    /// <summary>A score from here on begins an anomaly.</summary>
    public const double Threshold = 0.5;

    private const int StateVersion = 1;
    private const int Remembered = 2048;
    private const int Novelties = 512;
    private const int PatternAges = 1024;
    private const float PatternFade = 0.5f;
    private const int PatternFrom = 26;
    private const int LongLevel = 48;
    private const int ShortLevel = 12;
    private const double Limit = 1e15;

    // Weights: nats of a component to nats of the whole; for ratios, what a deviation as great as the greatest counts.
    private const double LongLevelWeight = 5;
    private const double ShortLevelWeight = 0.75;
    private const double PatternWeight = 0.4;
    private const double SeasonWeight = 0.75;

    /// <summary>The sum at which a score is <see cref="Threshold"/>, nats.</summary>
    private const double NatsAtThreshold = 11.3;

    /// <summary>What was told halves every 150 values.</summary>
    private const double ToldFade = 0.99538966;

    /// <summary>An anomaly that was told must be exceeded by so much to be told again.</summary>
    private const double ToldFactor = 1.2;

    private readonly RecentValues _recent = new(Remembered);
    private readonly ValueMemory _values = new(Novelties);
    private readonly PatternMemory _patterns = new(PatternAges, PatternFade);
    private readonly DailyProfile _days = new();
    private TailProbability _valueTail = new(0.95, 0.001);
    private TailProbability _patternTail = new(0.95, 0.002);
    private ExtremeRatio _longLevel = new();
    private ExtremeRatio _shortLevel = new();
    private ExtremeRatio _season = new();
    private long _count;
    private double _told;

    /// <summary>A detector that has seen nothing.</summary>
    public AnomalyDetector() => StateSize = Measure();

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <summary>Values taken so far.</summary>
    public long Count => _count;

    /// <summary>Takes the next value and judges it by those before.</summary>
    /// <param name="timeNs">Its event time, ns since the Unix epoch: for the time of day only.</param>
    /// <param name="value">Finite, in any unit.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public AnomalyScore Process(long timeNs, double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "A value must be finite.");
        var (nats, cause) = Judge(timeNs, (float)Math.Clamp(value, -Limit, Limit));
        _count++;
        _told *= ToldFade;
        var isNews = nats > _told;
        if (isNews)
            _told = nats >= NatsAtThreshold ? ToldFactor * nats : nats;
        var surprise = nats / (nats + NatsAtThreshold);
        return new AnomalyScore(isNews ? surprise : 0, surprise, cause);
    }

    /// <summary>What is usual now: the middle of the remembered values, and how far a third of them lies from it at least.</summary>
    /// <param name="skip">Newest values to leave out, since they are what is judged.</param>
    /// <param name="most">How many of the others to take at most.</param>
    /// <returns>The median and half the distance from the 16th to the 84th percentile; zeros while there is nothing.</returns>
    public (double Middle, double Spread) Usual(int skip, int most = 600)
    {
        Span<float> values = stackalloc float[Remembered];
        var count = Math.Clamp(_recent.Count - skip, 0, Math.Min(most, Remembered));
        if (count == 0)
            return (0, 0);
        for (var i = 0; i < count; i++)
            values[i] = _recent[skip + i];
        values = values[..count];
        values.Sort();
        return (values[count / 2], (values[(int)(0.84 * (count - 1))] - values[(int)(0.16 * (count - 1))]) / 2.0);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _recent.Clear();
        _values.Clear();
        _patterns.Clear();
        _days.Clear();
        (_valueTail, _patternTail) = (new TailProbability(0.95, 0.001), new TailProbability(0.95, 0.002));
        (_longLevel, _shortLevel, _season) = (new ExtremeRatio(), new ExtremeRatio(), new ExtremeRatio());
        (_count, _told) = (0, 0);
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> destination)
    {
        var writer = new StateWriter(destination, StateSize);
        Save(ref writer);
    }

    /// <inheritdoc/>
    public void RestoreState(ReadOnlySpan<byte> source)
    {
        var reader = new StateReader(source, StateSize);
        Restore(ref reader);
    }

    internal void Restore(ref StateReader reader)
    {
        reader.Expect(StateVersion, "version");
        _count = reader.Read<long>();
        _told = reader.Read<double>();
        _recent.Restore(ref reader);
        _values.Restore(ref reader);
        _patterns.Restore(ref reader);
        _days.Restore(ref reader);
        _valueTail.Restore(ref reader);
        _patternTail.Restore(ref reader);
        _longLevel.Restore(ref reader);
        _shortLevel.Restore(ref reader);
        _season.Restore(ref reader);
    }

    private (double Nats, AnomalyCause Cause) Judge(long timeNs, float value)
    {
        var byValue = _valueTail.Process(_values.Process(value, _recent, _count), _count);
        var distance = _patterns.Process(value, _recent);
        var byPattern = _count < PatternFrom || !float.IsFinite(distance) ? 0 : PatternWeight * _patternTail.Process(distance, _count);
        _recent.Add(value);
        var byLevel = ByLevel();
        var bySeason = SeasonWeight * _season.Process(Math.Abs(_days.Process(timeNs, value)), _count);

        var cause = (byValue, byLevel, byPattern) switch
        {
            _ when byValue + byLevel + byPattern + bySeason <= 0 => AnomalyCause.None,
            _ when byValue >= byLevel && byValue >= byPattern && byValue >= bySeason => AnomalyCause.Value,
            _ when byLevel >= byPattern && byLevel >= bySeason => AnomalyCause.Level,
            _ => byPattern >= bySeason ? AnomalyCause.Pattern : AnomalyCause.Season,
        };
        return (byValue + byLevel + byPattern + bySeason, cause);
    }

    private double ByLevel()
    {
        var wasKnown = _longLevel.IsKnown;
        var longStep = Step(LongLevel);
        var byLong = LongLevelWeight * _longLevel.Process(longStep, _count);
        if (!wasKnown && longStep > 0 && _count >= 2 * LongLevel)
            byLong = TailProbability.NeverBefore(_count);
        return byLong + (ShortLevelWeight * _shortLevel.Process(Step(ShortLevel), _count));
    }

    /// <summary>How far the mean of the last values is from that of as many before.</summary>
    private double Step(int width) =>
        _recent.Count < 2 * width ? 0 : Math.Abs(_recent.Mean(0, width) - _recent.Mean(width, width));

    private int Measure()
    {
        var writer = StateWriter.Counter;
        Save(ref writer);
        return writer.Length;
    }

    internal void Save(ref StateWriter writer)
    {
        writer.Write(StateVersion);
        writer.Write(_count);
        writer.Write(_told);
        _recent.Save(ref writer);
        _values.Save(ref writer);
        _patterns.Save(ref writer);
        _days.Save(ref writer);
        _valueTail.Save(ref writer);
        _patternTail.Save(ref writer);
        _longLevel.Save(ref writer);
        _shortLevel.Save(ref writer);
        _season.Save(ref writer);
    }
}
