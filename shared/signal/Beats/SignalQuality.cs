using SignalStream.Signal.Filtering;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Beats;

/// <summary>Judges a lead second by second.</summary>
/// <remarks>
/// A heart is quiet most of the time: between two beats the energy of the QRS filter falls to a few percent of the
/// beat's. Noise fills the gaps. The index is the distance between the largest energy of the last three seconds and
/// their tenth percentile, scaled so that 0 means that beats do not stand out. A fast heart has no quiet either, but
/// its beats are alike: their confidence raises the index. A flat or saturated second has 0. Nearest in kind to it is
/// the kurtosis index of Clifford GD et al. (2012), Signal quality indices and data fusion, Physiol. Meas.
/// 33(9):1419-1433, doi:10.1088/0967-3334/33/9/1419; ours takes no fourth powers, which one spike would rule. O(1) a
/// sample.
/// </remarks>
public sealed class SignalQuality : IStateful
{
    private const byte Version = 1;
    private const int PerSecond = 20;
    private const int Kept = 3 * PerSecond;

    // Tenth percentile to largest energy: at most this in a clean signal, and from this on nothing stands out.
    private const float CleanShare = 0.03f, NoisyShare = 0.1f;
    private const float NoisyIndex = 0.5f;

    // Mean confidence of the last beats: from this on the signal is in doubt, and from this on it is not.
    private const float DoubtfulBeats = 0.8f, SureBeats = 0.95f;
    private const int FlatSteps = QrsFilter.StepsPerMv / 100;
    private const int SaturatedRange = QrsFilter.StepsPerMv / 2;

    private readonly double _rateHz;
    private readonly QrsFilter _filter;
    private readonly int _second;
    private readonly int _longestRun;
    private readonly long[] _energies = new long[Kept];
    private readonly long[] _sorted = new long[Kept];
    private readonly float[] _confidence = new float[4];
    private long _index;
    private long _firstSample;
    private long _taken;
    private long _beats;
    private long _lastBeat;
    private int _least = int.MaxValue, _most = int.MinValue;
    private int _previous, _run, _runAtLeast, _runAtMost;

    /// <summary>Makes a judge of one lead.</summary>
    /// <param name="rateHz">Sampling rate, Hz, from 100 to 1,000.</param>
    public SignalQuality(double rateHz)
    {
        BeatDetector.CheckRate(rateHz);
        _rateHz = rateHz;
        _second = (int)Math.Round(rateHz);
        _longestRun = (int)Math.Round(rateHz * 0.06);
        _filter = new QrsFilter(rateHz, history: (int)(rateHz * 0.15));
        var counter = StateWriter.Counter;
        Write(ref counter);
        StateSize = counter.Length;
    }

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <summary>The most seconds that so many samples can complete.</summary>
    public int MaxSeconds(int samples) => (samples / _second) + 1;

    /// <summary>Consumes the next samples and judges the seconds they complete.</summary>
    /// <param name="leadMv">Shape (n), mV, evenly sampled, finite; n = 0 is allowed.</param>
    /// <param name="seconds">Filled from the front, ascending.</param>
    /// <returns>How many seconds were written.</returns>
    /// <exception cref="ArgumentException"><paramref name="seconds"/> is shorter than <see cref="MaxSeconds"/>; nothing was consumed.</exception>
    public int Process(ReadOnlySpan<float> leadMv, Span<QualitySecond> seconds)
    {
        if (seconds.Length < MaxSeconds(leadMv.Length))
        {
            throw new ArgumentException(
                $"{leadMv.Length} samples need room for {MaxSeconds(leadMv.Length)} seconds, not {seconds.Length}.", nameof(seconds));
        }

        var count = 0;
        foreach (var mv in leadMv)
        {
            var value = QrsFilter.Quantise(mv);
            _filter.Push(_index, value);
            Look(value);
            _index++;
            if (_index * PerSecond / _second != _taken) _energies[_taken++ % Kept] = _filter.Energy;
            if (_index % _second == 0) seconds[count++] = Judge();
        }

        return count;
    }

    /// <summary>Takes a beat that a detector found in the same lead; without any, the samples alone decide.</summary>
    public void Observe(in Beat beat)
    {
        _confidence[_beats++ % _confidence.Length] = beat.Confidence;
        _lastBeat = beat.Sample;
    }

    /// <summary>Forgets everything, as after a gap in the signal.</summary>
    /// <param name="nextSample">Index that the next sample will have.</param>
    public void Reset(long nextSample = 0)
    {
        _filter.Clear();
        _energies.AsSpan().Clear();
        _confidence.AsSpan().Clear();
        (_index, _firstSample, _taken, _previous, _run, _beats, _lastBeat) = (0, nextSample, 0, 0, 0, 0, 0);
        Begin();
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
        _filter.Restore(ref reader);
        reader.ReadAll(_energies.AsSpan());
        reader.ReadAll(_confidence.AsSpan());
        _beats = reader.Read<long>();
        _lastBeat = reader.Read<long>();
        _index = reader.Read<long>();
        _firstSample = reader.Read<long>();
        _taken = reader.Read<long>();
        _least = reader.Read<int>();
        _most = reader.Read<int>();
        _previous = reader.Read<int>();
        _run = reader.Read<int>();
        _runAtLeast = reader.Read<int>();
        _runAtMost = reader.Read<int>();
    }

    private void Write(ref StateWriter writer)
    {
        writer.Write(Version);
        writer.Write(_rateHz);
        _filter.Save(ref writer);
        writer.WriteAll<long>(_energies);
        writer.WriteAll<float>(_confidence);
        writer.Write(_beats);
        writer.Write(_lastBeat);
        writer.Write(_index);
        writer.Write(_firstSample);
        writer.Write(_taken);
        writer.Write(_least);
        writer.Write(_most);
        writer.Write(_previous);
        writer.Write(_run);
        writer.Write(_runAtLeast);
        writer.Write(_runAtMost);
    }

    /// <summary>Keeps the extremes of the second and the longest stay at each.</summary>
    private void Look(int value)
    {
        _run = value == _previous ? _run + 1 : 1;
        _previous = value;
        if (value < _least) (_least, _runAtLeast) = (value, 0);
        if (value > _most) (_most, _runAtMost) = (value, 0);
        if (value == _least) _runAtLeast = Math.Max(_runAtLeast, _run);
        if (value == _most) _runAtMost = Math.Max(_runAtMost, _run);
    }

    private QualitySecond Judge()
    {
        var range = (long)_most - _least;
        var faults = range <= FlatSteps ? QualityFaults.Flat : QualityFaults.None;
        if (range >= SaturatedRange && Math.Max(_runAtLeast, _runAtMost) >= _longestRun) faults |= QualityFaults.Saturated;
        Begin();
        var index = faults == QualityFaults.None ? Math.Max(Quiet(), Alike()) : 0;
        if (faults == QualityFaults.None && index < NoisyIndex) faults = QualityFaults.Noisy;
        return new QualitySecond(_firstSample + _index - 1, index, faults);
    }

    /// <summary>How far the signal falls between its beats.</summary>
    private float Quiet()
    {
        var count = (int)Math.Min(_taken, Kept);
        var sorted = _sorted.AsSpan(0, count);
        _energies.AsSpan(0, count).CopyTo(sorted);
        sorted.Sort();
        var share = sorted[count / 10] / (float)Math.Max(1, sorted[^1]);
        return Math.Clamp((NoisyShare - share) / (NoisyShare - CleanShare), 0, 1);
    }

    /// <summary>How sure the beats of the last two seconds and those before them are.</summary>
    private float Alike()
    {
        if (_beats < _confidence.Length || _firstSample + _index - _lastBeat > 2 * _second) return 0;
        var mean = (_confidence[0] + _confidence[1] + _confidence[2] + _confidence[3]) / _confidence.Length;
        return Math.Clamp((mean - DoubtfulBeats) / (SureBeats - DoubtfulBeats), 0, 1);
    }

    private void Begin() => (_least, _most, _runAtLeast, _runAtMost) = (int.MaxValue, int.MinValue, 0, 0);
}
