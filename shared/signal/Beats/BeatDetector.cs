using SignalStream.Signal.Filtering;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Beats;

/// <summary>Streaming R-peak detector for one lead.</summary>
/// <remarks>
/// After Pan J, Tompkins WJ (1985), A real-time QRS detection algorithm, IEEE Trans. Biomed. Eng. 32(3):230-236,
/// doi:10.1109/TBME.1985.325532, and Hamilton PS (2002), Open source ECG analysis, Comput. Cardiol. 29:101-104.
/// Departs from them: whole numbers throughout the filters; windows in milliseconds for any rate; the magnitude of the
/// slope instead of its square; medians for the levels; no learning period, since what came in the first 1.5 s is
/// decided then; a clear beat is decided as soon as its energy falls, a weak one once no stronger rival can follow, so
/// that a P-wave does not stand for its QRS complex. docs/ALGORITHMS.md has the figures. O(1) a sample, O(rate) memory.
/// The same samples give the same beats on every machine, however they are cut into blocks.
/// </remarks>
public sealed class BeatDetector : IStateful
{
    private const byte Version = 2;
    private const double LeastRateHz = 100, MostRateHz = 1000;

    private readonly PulseRemover _pulses;
    private readonly QrsFilter _filter;
    private readonly BeatTemplate _template;
    private readonly PeakMeasure _measure;
    private readonly EnergyPeak _peak;
    private readonly BeatDecision _decision;
    private readonly int _longestWait;
    private readonly int _refractory;
    private long _index;
    private long _firstSample;

    /// <summary>Makes a detector.</summary>
    /// <param name="rateHz">Sampling rate, Hz, from 100 to 1,000.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    public BeatDetector(double rateHz, BeatDetectorOptions? options = null)
    {
        CheckRate(rateHz);
        options ??= new BeatDetectorOptions();
        options.Validate();
        RateHz = rateHz;
        _pulses = new PulseRemover(rateHz);
        _filter = new QrsFilter(rateHz, history: (int)(rateHz * 0.5));
        _template = new BeatTemplate(_filter, rateHz);
        _measure = new PeakMeasure(_filter, _template, rateHz);
        _peak = new EnergyPeak(rateHz, _filter.Gain);
        _decision = new BeatDecision(rateHz, options);
        _refractory = Math.Max(1, (int)(rateHz * options.RefractoryMs / 1000));
        _longestWait = (int)(rateHz * BeatDecision.LongestWaitSeconds);
        var counter = StateWriter.Counter;
        Write(ref counter);
        StateSize = counter.Length;
    }

    /// <summary>Sampling rate, Hz.</summary>
    public double RateHz { get; }

    /// <summary>Index of the sample that comes next.</summary>
    public long NextSample => _firstSample + _index;

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <summary>The most beats that so many samples can complete, those that waited before them included.</summary>
    public int MaxBeats(int samples) => (int)(((long)samples + _longestWait) / _refractory) + 2;

    /// <summary>Consumes the next samples and writes the beats they complete.</summary>
    /// <param name="leadMv">Shape (n), mV, evenly sampled, finite; n = 0 is allowed.</param>
    /// <param name="beats">Filled from the front, ascending.</param>
    /// <returns>How many beats were written.</returns>
    /// <exception cref="ArgumentException"><paramref name="beats"/> is shorter than <see cref="MaxBeats"/>; nothing was consumed.</exception>
    public int Process(ReadOnlySpan<float> leadMv, Span<Beat> beats)
    {
        if (beats.Length < MaxBeats(leadMv.Length))
        {
            throw new ArgumentException(
                $"{leadMv.Length} samples need room for {MaxBeats(leadMv.Length)} beats, not {beats.Length}.", nameof(beats));
        }

        var count = 0;
        for (; leadMv.Length > 0; leadMv = leadMv[Math.Min(leadMv.Length, PulseRemover.Chunk)..])
        {
            var clean = _pulses.Process(leadMv[..Math.Min(leadMv.Length, PulseRemover.Chunk)], isFirst: _index == 0);
            foreach (var value in clean)
            {
                var index = _index - _pulses.Delay;
                if (index >= 0)
                {
                    _filter.Push(index, value);
                    if (_peak.Completed(index, _filter.Energy))
                        _decision.Offer(_measure.At(_peak.Index, _peak.Energy, _peak.Valley, index));
                    while (_decision.TryDecide(index, out var beat))
                    {
                        _template.Learn(beat, index);
                        beats[count++] = beat with { Sample = beat.Sample + _firstSample, DecisionSample = NextSample };
                    }
                }

                _index++;
            }
        }

        return count;
    }

    /// <summary>Forgets everything, as after a gap in the signal.</summary>
    /// <param name="nextSample">Index that the next sample will have.</param>
    public void Reset(long nextSample = 0)
    {
        _pulses.Clear();
        _filter.Clear();
        _template.Clear();
        _peak.Clear();
        _decision.Clear();
        (_index, _firstSample) = (0, nextSample);
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
        reader.Expect(RateHz, "rate");
        _index = reader.Read<long>();
        _firstSample = reader.Read<long>();
        _pulses.Restore(ref reader);
        _filter.Restore(ref reader);
        _template.Restore(ref reader);
        _peak.Restore(ref reader);
        _decision.Restore(ref reader);
    }

    internal static void CheckRate(double rateHz)
    {
        if (rateHz is not (>= LeastRateHz and <= MostRateHz))
            throw new ArgumentOutOfRangeException(nameof(rateHz), rateHz, $"The rate must be from {LeastRateHz} to {MostRateHz} Hz.");
    }

    private void Write(ref StateWriter writer)
    {
        writer.Write(Version);
        writer.Write(RateHz);
        writer.Write(_index);
        writer.Write(_firstSample);
        _pulses.Save(ref writer);
        _filter.Save(ref writer);
        _template.Save(ref writer);
        _peak.Save(ref writer);
        _decision.Save(ref writer);
    }
}
