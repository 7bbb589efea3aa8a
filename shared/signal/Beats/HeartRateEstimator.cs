using SignalStream.Signal.State;

namespace SignalStream.Signal.Beats;

/// <summary>Heart rate as bedside monitors average it, withheld rather than wrong.</summary>
/// <remarks>
/// The common rule that IEC 60601-2-27 asks a maker to disclose: the mean of the last 12 RR intervals less the largest
/// and the smallest; the last 4 when three in a row exceed 1,200 ms, since 12 slow ones would lag. Until there are 12,
/// the ones there are (less the extremes from five on). O(1) a beat.
/// </remarks>
public sealed class HeartRateEstimator : IStateful
{
    private const byte Version = 1;
    private const int Capacity = 12;
    private const float SlowMs = 1200;
    private const double FastestBpm = 300, SlowestBpm = 15;

    private readonly double _rateHz;
    private readonly HeartRateOptions _options;
    private readonly float[] _rrMs = new float[Capacity];
    private readonly float[] _confidence = new float[4];
    private long _lastSample;
    private int _beats;
    private int _intervals;

    /// <summary>Makes an estimator.</summary>
    /// <param name="rateHz">Rate of the signal whose samples the beats count, Hz.</param>
    /// <param name="options">When to trust; null for the defaults.</param>
    public HeartRateEstimator(double rateHz, HeartRateOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rateHz);
        _rateHz = rateHz;
        _options = options ?? new HeartRateOptions();
        var counter = StateWriter.Counter;
        Write(ref counter);
        StateSize = counter.Length;
    }

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <summary>Index of the last beat's sample; 0 when there was none.</summary>
    public long LastBeat => _lastSample;

    /// <summary>Takes the next beat.</summary>
    public void Process(in Beat beat)
    {
        _confidence[_beats % _confidence.Length] = beat.Confidence;
        _beats = _beats < int.MaxValue - 1 ? _beats + 1 : _confidence.Length;
        _lastSample = beat.Sample;
        if (beat.RrMs <= 0) return;
        _rrMs.AsSpan(0, Capacity - 1).CopyTo(_rrMs.AsSpan(1));
        _rrMs[0] = beat.RrMs;
        _intervals = Math.Min(_intervals + 1, Capacity);
    }

    /// <summary>The heart rate when the sample of this index has arrived; ask about once a second.</summary>
    public HeartRate At(long sample)
    {
        if (_beats == 0) return new HeartRate(null, null, HeartRateStatus.TooFewBeats, 0, 0, 0);
        var ageMs = (float)((sample - _lastSample) * 1000.0 / _rateHz);
        var status = Status(ageMs);
        var withheld = new HeartRate(null, null, status, ageMs, _intervals, MeanConfidence());
        return status == HeartRateStatus.Valid
            ? withheld with { AverageBpm = Bpm(AverageMs()), InstantBpm = Bpm(_rrMs[0]) }
            : withheld;
    }

    /// <summary>Forgets every beat, as after a gap in the signal.</summary>
    public void Reset()
    {
        _rrMs.AsSpan().Clear();
        _confidence.AsSpan().Clear();
        (_lastSample, _beats, _intervals) = (0, 0, 0);
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
        reader.ReadAll(_rrMs.AsSpan());
        reader.ReadAll(_confidence.AsSpan());
        _lastSample = reader.Read<long>();
        _beats = reader.Read<int>();
        _intervals = reader.Read<int>();
    }

    private void Write(ref StateWriter writer)
    {
        writer.Write(Version);
        writer.Write(_rateHz);
        writer.WriteAll<float>(_rrMs);
        writer.WriteAll<float>(_confidence);
        writer.Write(_lastSample);
        writer.Write(_beats);
        writer.Write(_intervals);
    }

    private HeartRateStatus Status(float ageMs)
    {
        if (ageMs > _options.StaleMs) return HeartRateStatus.Stale;
        if (_intervals < _options.FewestIntervals) return HeartRateStatus.TooFewBeats;
        return MeanConfidence() < _options.LeastConfidence ? HeartRateStatus.PoorSignal : HeartRateStatus.Valid;
    }

    private float MeanConfidence()
    {
        var sum = 0f;
        foreach (var confidence in _confidence) sum += confidence;
        return sum / Math.Min(_beats, _confidence.Length);
    }

    private double AverageMs()
    {
        var slow = _intervals >= 3 && _rrMs[0] > SlowMs && _rrMs[1] > SlowMs && _rrMs[2] > SlowMs;
        var used = _rrMs.AsSpan(0, slow ? Math.Min(4, _intervals) : _intervals);
        double sum = 0;
        float least = float.MaxValue, most = 0;
        foreach (var rr in used)
        {
            sum += rr;
            least = Math.Min(least, rr);
            most = Math.Max(most, rr);
        }

        return used.Length < 5 ? sum / used.Length : (sum - least - most) / (used.Length - 2);
    }

    private static float Bpm(double rrMs) => (float)Math.Clamp(60_000 / rrMs, SlowestBpm, FastestBpm);
}
