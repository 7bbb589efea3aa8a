using SignalStream.Signal.State;

namespace SignalStream.Signal.Beats;

/// <summary>SDNN, RMSSD and pNN50 of the last five minutes, brought up to date by each beat.</summary>
/// <remarks>
/// Task Force of the European Society of Cardiology and the North American Society of Pacing and Electrophysiology
/// (1996), Heart rate variability, Circulation 93(5):1043-1065, doi:10.1161/01.CIR.93.5.1043. An interval is NN when the
/// beats at both of its ends are normal: of that class, of enough confidence, and not a fifth earlier or later than
/// usual. So the intervals before and after an ectopic beat are out, and a difference is taken only between two NN
/// intervals in a row. Intervals are whole eighths of a millisecond, so that the running sums are exact and never
/// drift. O(1) a beat; the oldest intervals leave early above 400 beats a minute.
/// </remarks>
public sealed class HeartRateVariability : IStateful
{
    private const byte Version = 1;

    // Two thousand beats are five minutes at 400/min.
    private const int Capacity = 2048;
    private const int StepsPerMs = 8;
    private const int WindowSteps = 300_000 * StepsPerMs;
    private const int FiftyMs = 50 * StepsPerMs;
    private const ushort NnFlag = 0x8000;
    private const int MostSteps = NnFlag - 1;

    // Of an RR interval against the median of the last eight, as Malik's rule has it of the one before.
    private const float Unusual = 0.2f;

    // Half a minute at 60/min: fewer carry not even RMSSD.
    private const int FewestIntervals = 30;
    private const float LeastConfidence = 0.6f;

    private readonly double _rateHz;
    private readonly ushort[] _intervals = new ushort[Capacity];
    private readonly RunningMedian _rrMs = new();
    private int _oldest;
    private int _count;
    private int _span;
    private int _nnCount;
    private int _pairs;
    private int _above50;
    private long _nnSum;
    private long _nnSquares;
    private long _pairSquares;
    private long _lastSample = -1;
    private bool _lastIsNormal;

    /// <summary>Makes one without a beat.</summary>
    /// <param name="rateHz">Rate of the signal whose samples the beats count, Hz.</param>
    public HeartRateVariability(double rateHz)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rateHz);
        _rateHz = rateHz;
        var counter = StateWriter.Counter;
        Write(ref counter);
        StateSize = counter.Length;
    }

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <summary>The figures up to the last beat; null while fewer than 30 NN intervals are known.</summary>
    public HrvFigures? Current
    {
        get
        {
            if (_nnCount < FewestIntervals || _pairs == 0) return null;
            var variance = (_nnSquares - ((double)_nnSum * _nnSum / _nnCount)) / (_nnCount - 1);
            return new HrvFigures(
                (float)(Math.Sqrt(Math.Max(0, variance)) / StepsPerMs),
                (float)(Math.Sqrt((double)_pairSquares / _pairs) / StepsPerMs),
                100f * _above50 / _pairs,
                _nnCount,
                (float)_nnSum / _span,
                (float)_span / StepsPerMs);
        }
    }

    /// <summary>Takes the next beat. One that follows a gap in the signal has no RR interval; the time counts.</summary>
    public void Process(in Beat beat)
    {
        var normal = IsNormal(beat);
        if (beat.RrMs > 0) Add(beat.RrMs, isNn: normal && _lastIsNormal);
        else if (_lastSample >= 0) Add(Math.Max(0, beat.Sample - _lastSample) * 1000 / _rateHz, isNn: false);
        if (beat.RrMs > 0) _rrMs.Add(beat.RrMs);
        (_lastSample, _lastIsNormal) = (beat.Sample, normal);
    }

    /// <summary>Forgets every beat, as for another heart.</summary>
    public void Reset()
    {
        _intervals.AsSpan().Clear();
        _rrMs.Clear();
        (_oldest, _count, _span, _nnCount, _pairs, _above50) = (0, 0, 0, 0, 0, 0);
        (_nnSum, _nnSquares, _pairSquares, _lastSample, _lastIsNormal) = (0, 0, 0, -1, false);
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> destination)
    {
        var writer = new StateWriter(destination, StateSize);
        Write(ref writer);
    }

    /// <inheritdoc/>
    public void RestoreState(ReadOnlySpan<byte> source)
    {
        var reader = new StateReader(source, StateSize);
        reader.Expect(Version, "version");
        reader.Expect(_rateHz, "rate");
        reader.ReadAll(_intervals.AsSpan());
        _rrMs.Restore(ref reader);
        _oldest = reader.Read<int>();
        _count = reader.Read<int>();
        _span = reader.Read<int>();
        _nnCount = reader.Read<int>();
        _pairs = reader.Read<int>();
        _above50 = reader.Read<int>();
        _nnSum = reader.Read<long>();
        _nnSquares = reader.Read<long>();
        _pairSquares = reader.Read<long>();
        _lastSample = reader.Read<long>();
        _lastIsNormal = reader.Read<byte>() != 0;
    }

    private void Write(ref StateWriter writer)
    {
        writer.Write(Version);
        writer.Write(_rateHz);
        writer.WriteAll<ushort>(_intervals);
        _rrMs.Save(ref writer);
        writer.Write(_oldest);
        writer.Write(_count);
        writer.Write(_span);
        writer.Write(_nnCount);
        writer.Write(_pairs);
        writer.Write(_above50);
        writer.Write(_nnSum);
        writer.Write(_nnSquares);
        writer.Write(_pairSquares);
        writer.Write(_lastSample);
        writer.Write(_lastIsNormal ? (byte)1 : (byte)0);
    }

    private bool IsNormal(in Beat beat)
    {
        if (beat.Class != BeatClass.Normal || beat.Confidence < LeastConfidence) return false;
        return beat.RrMs <= 0 || _rrMs.Count < 3 || Math.Abs(beat.RrMs - _rrMs.Value) <= Unusual * _rrMs.Value;
    }

    /// <summary>Adds an interval, ms. One too long for a step count of 15 bits is none of NN and takes several places.</summary>
    private void Add(double ms, bool isNn)
    {
        var steps = (int)Math.Min(Math.Floor((ms * StepsPerMs) + 0.5), WindowSteps);
        for (; steps > MostSteps; steps -= MostSteps) Append(MostSteps, isNn: false);
        Append(steps, isNn && ms * StepsPerMs <= MostSteps);
    }

    private void Append(int steps, bool isNn)
    {
        if (_count == Capacity) DropOldest();
        if (isNn && _count > 0) CountPair(At(_count - 1), steps, 1);
        _intervals[(_oldest + _count++) % Capacity] = (ushort)(steps | (isNn ? NnFlag : 0));
        Count(steps, isNn, 1);
        while (_span > WindowSteps) DropOldest();
    }

    private void DropOldest()
    {
        var first = At(0);
        if (_count > 1 && IsNn(At(1))) CountPair(first, Steps(At(1)), -1);
        Count(Steps(first), IsNn(first), -1);
        _intervals[_oldest] = 0;
        (_oldest, _count) = ((_oldest + 1) % Capacity, _count - 1);
    }

    private void Count(int steps, bool isNn, int sign)
    {
        _span += sign * steps;
        if (!isNn) return;
        _nnCount += sign;
        _nnSum += sign * steps;
        _nnSquares += sign * (long)steps * steps;
    }

    private void CountPair(ushort before, int steps, int sign)
    {
        if (!IsNn(before)) return;
        long difference = steps - Steps(before);
        _pairs += sign;
        _pairSquares += sign * difference * difference;
        if (Math.Abs(difference) > FiftyMs) _above50 += sign;
    }

    private ushort At(int place) => _intervals[(_oldest + place) % Capacity];

    private static bool IsNn(ushort interval) => (interval & NnFlag) != 0;

    private static int Steps(ushort interval) => interval & MostSteps;
}
