using SignalStream.Signal.Filtering;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Beats;

/// <summary>Says which candidates are beats, from what beats and what else have looked like lately.</summary>
internal sealed class BeatDecision
{
    /// <summary>A candidate older than this is never made a beat.</summary>
    public const double LongestWaitSeconds = 6;

    private const double LearnSeconds = 1.5;

    // From an R-peak until its energy's peak is certain, at the latest.
    private const double PeakDelaySeconds = 0.18;

    // RR intervals without a beat, after which one is looked for among the rejected, and after which they are relearned.
    private const double OverdueFactor = 1.66;
    private const double RelearnFactor = 3.3;

    // A QRS complex has this many times the energy of the pause before it; noise has hardly twice.
    private const float StandsOut = 6;

    // How far over the noise, on the way to the beats' level, a beat must reach.
    private const float ThresholdShare = 0.3f;

    // A candidate this strong, against the beats before it, needs no look at what follows.
    private const float ClearShare = 0.7f;

    // A P-wave ends at most this long before its QRS complex, whose energy is larger by more than this.
    private const double RivalSeconds = 0.26;
    private const float RivalFactor = 1.25f;

    // When this share of beats had a rival lately, every beat waits for its own: P-waves as strong as the QRS complex.
    private const float ManyRivals = 0.3f;
    private const float ManyRivalsFactor = 1.05f;

    private readonly double _rateHz;
    private readonly long _refractory;
    private readonly long _learn;
    private readonly long _longestWait;
    private readonly long _tWave;
    private readonly long _tallTWave;
    private readonly long _rival;
    private readonly long _rivalSeen;
    private readonly long _peakDelay;
    private readonly CandidateList _waiting = new();
    private readonly CandidateList _rejected = new();
    private readonly RunningMedian _beatEnergy = new();
    private readonly RunningMedian _noiseEnergy = new();
    private readonly Rhythm _rhythm;
    private Candidate _last;
    private bool _hasLast;
    private bool _learned;
    private float _rivals;
    private long _overdue;

    public BeatDecision(double rateHz, BeatDetectorOptions options)
    {
        _rateHz = rateHz;
        _rhythm = new Rhythm(rateHz);
        _refractory = Math.Max(1, (long)(rateHz * options.RefractoryMs / 1000));
        _learn = (long)(rateHz * LearnSeconds);
        _longestWait = (long)(rateHz * LongestWaitSeconds);
        _tWave = (long)(rateHz * 0.36);
        _tallTWave = (long)(rateHz * 0.3);
        _rival = (long)(rateHz * RivalSeconds);
        _peakDelay = (long)(rateHz * PeakDelaySeconds);
        _rivalSeen = (long)(rateHz * (RivalSeconds + PeakDelaySeconds));
    }

    /// <summary>Takes a candidate, to be decided as soon as it can be.</summary>
    public void Offer(in Candidate candidate)
    {
        var factor = _rivals > ManyRivals ? ManyRivalsFactor : RivalFactor;
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (candidate.Sample - _waiting[i].Sample > _rival) break;
            if (candidate.Energy < factor * _waiting[i].Energy) continue;
            if (_waiting[i].Energy > Threshold) _rivals += (1 - _rivals) / 8;
            _noiseEnergy.Add(_waiting[i].Energy);
            _waiting.RemoveAt(i);
        }

        _waiting.Add(candidate);
    }

    /// <summary>Decides at most one beat; to be called until it says no.</summary>
    /// <param name="now">Index of the newest sample.</param>
    /// <param name="beat">The beat; its decision sample is left to the caller.</param>
    public bool TryDecide(long now, out Beat beat)
    {
        beat = default;
        if (_waiting.Count == 0 && now < _overdue) return false;
        if (!_learned && !Learn(now)) return false;
        while (_waiting.Count > 0)
        {
            var candidate = _waiting[0];
            var clear = _rivals > ManyRivals ? float.MaxValue : ClearShare * _beatEnergy.Value;
            if (candidate.Energy < clear && now - candidate.Sample < _rivalSeen) return false;
            var doubtful = IsDoubtful(candidate);
            var outdone = doubtful && IsOutdone(candidate);
            if (doubtful && !outdone && now < _rhythm.After(_last.Sample, Rhythm.Late) + _peakDelay) return false;
            _waiting.RemoveAt(0);
            if (outdone || !IsBeat(candidate)) continue;
            beat = Accept(candidate);
            return true;
        }

        return SearchBack(now, out beat);
    }

    public void Clear()
    {
        _waiting.Clear();
        _rejected.Clear();
        _beatEnergy.Clear();
        _noiseEnergy.Clear();
        _rhythm.Clear();
        (_last, _hasLast, _learned, _rivals, _overdue) = (default, false, false, 0, 0);
    }

    public void Save(ref StateWriter writer)
    {
        _waiting.Save(ref writer);
        _rejected.Save(ref writer);
        _beatEnergy.Save(ref writer);
        _noiseEnergy.Save(ref writer);
        _rhythm.Save(ref writer);
        writer.Write(_rivals);
        writer.Write(_overdue);
        writer.Write(_last);
        writer.Write(_hasLast ? (byte)1 : (byte)0);
        writer.Write(_learned ? (byte)1 : (byte)0);
    }

    public void Restore(ref StateReader reader)
    {
        _waiting.Restore(ref reader);
        _rejected.Restore(ref reader);
        _beatEnergy.Restore(ref reader);
        _noiseEnergy.Restore(ref reader);
        _rhythm.Restore(ref reader);
        _rivals = reader.Read<float>();
        _overdue = reader.Read<long>();
        _last = reader.Read<Candidate>();
        _hasLast = reader.Read<byte>() != 0;
        _learned = reader.Read<byte>() != 0;
    }

    private float Threshold
    {
        get
        {
            var noise = Math.Min(_noiseEnergy.Value, _beatEnergy.Value / 2);
            return noise + (ThresholdShare * (_beatEnergy.Value - noise));
        }
    }

    /// <summary>The strongest candidate of the first stretch says what a beat is; then those that waited are decided.</summary>
    private bool Learn(long now)
    {
        if (now < _learn || _waiting.Count == 0) return false;
        _beatEnergy.Add(_waiting[_waiting.Strongest(0)].Energy);
        return _learned = true;
    }

    /// <summary>In a steady rhythm an early candidate that looks little like a beat waits for the one that is due.</summary>
    private bool IsDoubtful(in Candidate candidate) =>
        _rhythm.IsSteady && candidate.Sample < _rhythm.After(_last.Sample, Rhythm.Early) && candidate.Energy > Threshold
        && ConfidenceOf(candidate) < Rhythm.Sure;

    /// <summary>Whether the beat that is due has come, and looks more like one.</summary>
    private bool IsOutdone(in Candidate candidate)
    {
        var confidence = ConfidenceOf(candidate);
        var (from, to) = (_rhythm.After(_last.Sample, Rhythm.Early), _rhythm.After(_last.Sample, Rhythm.Late));
        for (var i = 1; i < _waiting.Count; i++)
        {
            var other = _waiting[i];
            if (other.Sample >= from && other.Sample <= to && other.Energy > Threshold && ConfidenceOf(other) > confidence)
                return true;
        }

        return false;
    }

    private float ConfidenceOf(in Candidate candidate)
    {
        var relativeRr = _rhythm.IsKnown ? (candidate.Sample - _last.Sample) / _rhythm.Usual : 1;
        return BeatConfidence.Of(candidate, _rateHz * QrsFilter.WindowSeconds, relativeRr);
    }

    private bool IsBeat(in Candidate candidate)
    {
        var since = _hasLast ? candidate.Sample - _last.Sample : long.MaxValue;
        if (since < _refractory) return false;
        if (candidate.Energy > Threshold && !IsTWave(candidate, since)) return true;
        _noiseEnergy.Add(candidate.Energy);
        _rejected.Add(candidate);
        return false;
    }

    /// <summary>A T-wave is half as steep as its QRS complex, or less steep and twice as wide when it is tall.</summary>
    private bool IsTWave(in Candidate candidate, long since) =>
        (since < _tWave && candidate.Slope < _last.Slope / 2)
        || (since < _tallTWave && candidate.Slope < _last.Slope && candidate.QrsMs > 2 * _last.QrsMs);

    /// <summary>When a beat is overdue, the strongest candidate since the last one is it, if it is half strong enough.</summary>
    private bool SearchBack(long now, out Beat beat)
    {
        beat = default;
        if (_rejected.Count == 0 || now < _overdue) return false;
        _rejected.DropUntil(now - _longestWait);
        var since = _hasLast ? _last.Sample : 0;
        var best = _rejected.Strongest(since + _tWave);
        if (best < 0) return false;
        if (_rejected[best].Energy >= Threshold / 2)
        {
            beat = Accept(_rejected[best]);
            return true;
        }

        return now - since > RelearnFactor * _rhythm.Usual && Relearn(best) && TryDecide(now, out beat);
    }

    /// <summary>
    /// Beats are missing: the signal has become weaker, if something still stands out of it as a beat does. What was
    /// rejected is decided anew.
    /// </summary>
    private bool Relearn(int best)
    {
        var strongest = _rejected[best];
        if (strongest.Energy < StandsOut * strongest.Valley) return false;
        _beatEnergy.Clear();
        _noiseEnergy.Clear();
        _beatEnergy.Add(strongest.Energy);
        for (var i = 0; i < _rejected.Count; i++) _waiting.Add(_rejected[i]);
        _rejected.Clear();
        return true;
    }

    private Beat Accept(Candidate candidate)
    {
        var rrMs = _hasLast
            ? (float)((candidate.Sample - _last.Sample + (candidate.Offset - (double)_last.Offset)) * 1000 / _rateHz)
            : 0;
        _rivals -= _rivals / 16;
        if (rrMs > 0 && candidate.Sample - _last.Sample < _rival && candidate.Energy > _last.Energy) _rivals += (1 - _rivals) / 8;
        var kind = _rhythm.Classify(rrMs, candidate.QrsMs);
        var confidence = ConfidenceOf(candidate);
        _beatEnergy.Add(candidate.Energy);
        _rhythm.Add(rrMs, confidence);
        _overdue = candidate.Sample + (long)(OverdueFactor * _rhythm.Usual);
        _rejected.DropUntil(candidate.Sample + _refractory);
        (_last, _hasLast) = (candidate, true);
        return new Beat(candidate.Sample, candidate.Offset, candidate.AmplitudeMv, rrMs, confidence, candidate.QrsMs, kind, 0);
    }
}
