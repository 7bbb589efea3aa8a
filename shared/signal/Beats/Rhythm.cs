using SignalStream.Signal.State;

namespace SignalStream.Signal.Beats;

/// <summary>When beats have come lately, and when the next is due.</summary>
internal sealed class Rhythm(double rateHz)
{
    /// <summary>From this confidence on a beat is believed against the rhythm, and the rhythm is learned from it.</summary>
    public const float Sure = 0.8f;

    /// <summary>A due beat comes from this share of the steady RR interval …</summary>
    public const double Early = 0.85;

    /// <summary>… to this.</summary>
    public const double Late = 1.15;

    // Breathing moves half of the RR intervals by less than this share; fibrillation by more.
    private const float Steady = 0.12f;

    private readonly RunningMedian _rrMs = new();
    private readonly RunningMedian _sureRrMs = new();
    private float _lastConfidence;

    /// <summary>Whether there is a usual RR interval.</summary>
    public bool IsKnown => _rrMs.Count > 0;

    /// <summary>The usual RR interval, samples; a second's before it is known.</summary>
    public double Usual => (IsKnown ? _rrMs.Value : 1000) * rateHz / 1000;

    /// <summary>Whether the beats that were sure came evenly.</summary>
    public bool IsSteady => _sureRrMs.IsSteady(Steady);

    /// <summary>Where a share of the steady RR interval after a beat lies.</summary>
    public long After(long beat, double share) => beat + (long)(share * _sureRrMs.Value * rateHz / 1000);

    /// <summary>Learns a beat's RR interval, ms; 0 for the first.</summary>
    public void Add(float rrMs, float confidence)
    {
        if (rrMs > 0) _rrMs.Add(rrMs);
        if (rrMs > 0 && confidence >= Sure && _lastConfidence >= Sure) _sureRrMs.Add(rrMs);
        _lastConfidence = confidence;
    }

    /// <summary>What kind of beat comes after this interval with this width, ms.</summary>
    public BeatClass Classify(float rrMs, float qrsMs)
    {
        if (rrMs <= 0 || _rrMs.Count < 3) return BeatClass.Normal;
        if (rrMs > 1.7f * _rrMs.Value) return BeatClass.Paused;
        return qrsMs > 120 && rrMs < 0.85f * _rrMs.Value ? BeatClass.VentricularLike : BeatClass.Normal;
    }

    public void Clear()
    {
        _rrMs.Clear();
        _sureRrMs.Clear();
        _lastConfidence = 0;
    }

    public void Save(ref StateWriter writer)
    {
        _rrMs.Save(ref writer);
        _sureRrMs.Save(ref writer);
        writer.Write(_lastConfidence);
    }

    public void Restore(ref StateReader reader)
    {
        _rrMs.Restore(ref reader);
        _sureRrMs.Restore(ref reader);
        _lastConfidence = reader.Read<float>();
    }
}
