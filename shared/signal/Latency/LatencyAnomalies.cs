using SignalStream.Signal.Anomalies;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Latency;

/// <summary>Finds when a line is unlike itself, from its readings alone: nothing is set for a target.</summary>
/// <remarks>
/// Single readings are judged by <see cref="AnomalyDetector"/> and by the tail of their own deviations; the last 40 by their median
/// and by how much neighbours differ, against such stretches of the last quarter of an hour (at two readings a second); loss by the binomial
/// tail. What is improbable must also matter: it counts from 2 ms and a tenth of the usual on. A stretch ends when the line
/// is itself again, or after 1,200 readings: then it has become the usual.
/// </remarks>
public sealed class LatencyAnomalies : IStateful
{
    private const int StateVersion = 1;
    private const int Warm = 120;
    private const double LeastMs = 2;
    private const double LeastShare = 0.1;
    private const double ReadingSpreads = 20;
    private const double LevelSpreads = 8;
    private const double DifferenceSpreads = 8;
    private const double DifferenceFactor = 1.5;
    private const double NatsOfAReading = 11;
    /// <summary>As many as a stretch has: what was news has left it.</summary>
    private const int CalmReadings = 40;
    private const int MostReadings = 1200;

    private readonly AnomalyDetector _novelty = new();
    private readonly LineHistory _history = new();
    private TailProbability _tail = new(0.95, 0.001);
    private LossTail _loss = new();
    private LatencyAnomaly _open;
    private double _limit;
    private long _lastNs;
    private int _calm;
    private int _length;
    private long _count;

    /// <summary>One that has seen nothing.</summary>
    public LatencyAnomalies()
    {
        var writer = StateWriter.Counter;
        Save(ref writer);
        StateSize = writer.Length;
    }

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <summary>Whether an anomaly is going on.</summary>
    public bool IsOpen => _open.StartNs != 0;

    /// <summary>Takes the next reading.</summary>
    /// <param name="timeNs">When it was sent, ns since the Unix epoch, above 0.</param>
    /// <param name="ms">The round trip, ms; NaN when none came in time.</param>
    /// <param name="change">The anomaly that begins, with no end, or that ends.</param>
    /// <returns>Whether one begins or ends.</returns>
    public bool Process(long timeNs, float ms, out LatencyAnomaly change)
    {
        var found = Judge(timeNs, ms);
        _count++;
        if (IsOpen)
            return Continue(timeNs, ms, out change);
        change = found;
        if (found.StartNs == 0)
            return false;
        (_open, _lastNs, _calm, _length) = (found, timeNs, 0, 0);
        return true;
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
        reader.Expect(StateVersion, "version");
        _novelty.Restore(ref reader);
        _history.Restore(ref reader);
        _tail.Restore(ref reader);
        _loss.Restore(ref reader);
        _open = new LatencyAnomaly(
            (LatencyAnomalyKind)reader.Read<int>(), reader.Read<long>(), 0, reader.Read<double>(), reader.Read<double>(), reader.Read<double>(), reader.Read<double>(), false);
        _limit = reader.Read<double>();
        _lastNs = reader.Read<long>();
        _calm = reader.Read<int>();
        _length = reader.Read<int>();
        _count = reader.Read<long>();
    }

    private LatencyAnomaly Judge(long timeNs, float ms)
    {
        var lost = float.IsNaN(ms);
        var isLoss = _loss.Process(lost, learn: !IsOpen) && _count >= Warm;
        var reading = lost ? default : JudgeReading(timeNs, ms);
        if (!lost)
            _history.Add(timeNs, ms, learn: !IsOpen);
        if (isLoss)
            return new LatencyAnomaly(LatencyAnomalyKind.Loss, timeNs, 0, 1, _loss.Share, _loss.UsualShare, 0, false);
        return reading.StartNs != 0 || lost ? reading : JudgeStretch();
    }

    private LatencyAnomaly JudgeReading(long timeNs, float ms)
    {
        var score = _novelty.Process(timeNs, ms).Score;
        var (usual, spread) = (_history.Level.Usual, _history.ReadingSpread);
        var away = Math.Abs(ms - usual);
        var nats = _tail.Process(away, _count);
        var limit = Math.Max(Matters(usual), ReadingSpreads * spread);
        var isNews = score >= AnomalyDetector.Threshold || nats >= NatsOfAReading;
        if (!isNews || away < limit || _count < Warm || !_history.IsKnown || IsOpen)
            return default;
        _limit = limit;
        return new LatencyAnomaly(LatencyAnomalyKind.Spike, timeNs, 0, Math.Max(score, nats / (nats + NatsOfAReading)), ms, usual, spread, false);
    }

    private LatencyAnomaly JudgeStretch()
    {
        if (_count < Warm || !_history.IsKnown || IsOpen)
            return default;
        var (level, difference) = (_history.Level, _history.Difference);
        var levelLimit = Math.Max(Matters(level.Usual), LevelSpreads * level.Spread);
        var differenceLimit = Math.Max(Math.Max(LeastMs / 2, DifferenceFactor * difference.Usual), DifferenceSpreads * difference.Spread);
        if (Math.Abs(_history.Median - level.Usual) > levelLimit)
            return Stretch(LatencyAnomalyKind.Level, _history.Median, level, levelLimit);
        if (_history.MeanDifference - difference.Usual > differenceLimit)
            return Stretch(LatencyAnomalyKind.Spread, _history.MeanDifference, difference, differenceLimit);
        return default;
    }

    private LatencyAnomaly Stretch(LatencyAnomalyKind kind, double value, (double Usual, double Spread) usual, double limit)
    {
        _limit = limit;
        var away = Math.Abs(value - usual.Usual);
        return new LatencyAnomaly(kind, _history.FirstNs, 0, away / (away + limit), value, usual.Usual, usual.Spread, false);
    }

    private bool Continue(long timeNs, float ms, out LatencyAnomaly change)
    {
        _length++;
        _calm = IsCalm(ms) ? _calm + 1 : 0;
        if (_calm == 0)
            _lastNs = timeNs;
        change = _open with { EndNs = _lastNs, Learned = _calm < CalmReadings };
        if (_calm < CalmReadings && _length < MostReadings)
            return false;
        if (change.Learned)
            _history.Forget();
        _open = default;
        return true;
    }

    /// <summary>Whether the line is itself again: by half of the limit that was passed, so that it does not flutter.</summary>
    private bool IsCalm(float ms) => _open.Kind switch
    {
        LatencyAnomalyKind.Spike => !float.IsNaN(ms) && Math.Abs(ms - _open.Usual) < _limit,
        LatencyAnomalyKind.Level => Math.Abs(_history.Median - _open.Usual) < _limit / 2,
        LatencyAnomalyKind.Spread => _history.MeanDifference - _open.Usual < _limit / 2,
        _ => !float.IsNaN(ms),
    };

    private static double Matters(double usual) => Math.Max(LeastMs, LeastShare * usual);

    private void Save(ref StateWriter writer)
    {
        writer.Write(StateVersion);
        _novelty.Save(ref writer);
        _history.Save(ref writer);
        _tail.Save(ref writer);
        _loss.Save(ref writer);
        writer.Write((int)_open.Kind);
        writer.Write(_open.StartNs);
        writer.Write(_open.Score);
        writer.Write(_open.Value);
        writer.Write(_open.Usual);
        writer.Write(_open.Spread);
        writer.Write(_limit);
        writer.Write(_lastNs);
        writer.Write(_calm);
        writer.Write(_length);
        writer.Write(_count);
    }
}
