using SignalStream.Messaging;
using SignalStream.Processor.States;
using SignalStream.Signal.Beats;

namespace SignalStream.Processor.Heart;

/// <summary>One epoch of a heart: samples in, what is found of it out. Knows places, no frames and no log.</summary>
/// <remarks>
/// Samples are taken up to the end of a second, so that what is judged there knows exactly the beats decided before it,
/// however they were cut into frames.
/// </remarks>
internal sealed class HeartAnalysis
{
    // HRV is of minutes: ten seconds are soon enough.
    private const int VariabilitySeconds = 10;

    private readonly double _refractoryMs;
    private readonly MultiLeadBeatDetector _detector;
    private readonly LeadJudges _judges;
    private readonly HeartRateEstimator _rate;
    private readonly HeartRateVariability _variability;
    private readonly Beat[] _beats;
    private readonly float[] _block;
    private readonly int _second;
    private long _next;
    private long _nextSecond;
    private long _seconds;
    private long _notBefore;

    public HeartAnalysis(double rateHz, int leads, double refractoryMs)
    {
        _refractoryMs = refractoryMs;
        _second = (int)Math.Round(rateHz);
        _judges = new LeadJudges(rateHz, leads);
        _detector = new MultiLeadBeatDetector(rateHz, leads, new BeatDetectorOptions { RefractoryMs = refractoryMs }) { Shown = _judges.Observe };
        _rate = new HeartRateEstimator(rateHz);
        _variability = new HeartRateVariability(rateHz);
        _beats = new Beat[_detector.MaxBeats(_second)];
        _block = new float[leads * _second];
    }

    public double RateHz => _detector.RateHz;

    public int Leads => _detector.Leads;

    /// <summary>The heart rate at a sample that comes, or should have come.</summary>
    public HeartRate RateAt(long sample) => _rate.At(sample);

    /// <summary>Begins at a sample, as at the start of an epoch or behind a gap.</summary>
    public void Restart(long first)
    {
        _detector.Reset(first);
        _judges.Reset(first);
        _rate.Reset();
        (_next, _nextSecond, _seconds, _notBefore) = (first, first + _second, 0, first);
    }

    /// <summary>Begins at a sample where another version had come to: no beat is told again.</summary>
    public void TakeOver(HeartRateEstimator rate, long next)
    {
        Restart(next);
        var state = new byte[rate.StateSize];
        rate.SaveState(state);
        _rate.RestoreState(state);
        _notBefore = Math.Max(next, rate.LastBeat + (long)(_refractoryMs / 1000 * RateHz));
    }

    /// <summary>Takes the next samples.</summary>
    /// <param name="channels">Shape (channels, count), mV; the first <see cref="Leads"/> channels are looked at.</param>
    /// <param name="count">Samples a channel.</param>
    /// <param name="from">The first one that is new.</param>
    /// <param name="clock">Of the frame.</param>
    /// <param name="alarms">Judged at the end of each second.</param>
    /// <param name="outputs">What is found, in order.</param>
    public void Process(
        ReadOnlySpan<float> channels, int count, int from, in FrameClock clock, AlarmDesk alarms, ICollection<SignalEvent> outputs)
    {
        while (from < count)
        {
            var take = (int)Math.Min(count - from, _nextSecond - _next);
            ProcessBlock(Block(channels, count, from, take), clock, alarms, outputs);
            from += take;
            _next += take;
            if (_next == _nextSecond)
                EndSecond(clock, alarms, outputs);
        }
    }

    public void Save(BinaryWriter writer)
    {
        writer.WriteState(_detector);
        _judges.Save(writer);
        writer.WriteState(_rate);
        writer.WriteState(_variability);
        writer.Write(_next);
        writer.Write(_nextSecond);
        writer.Write(_seconds);
        writer.Write(_notBefore);
    }

    public void Restore(BinaryReader reader)
    {
        reader.ReadState(_detector);
        _judges.Restore(reader);
        reader.ReadState(_rate);
        reader.ReadState(_variability);
        _next = reader.ReadInt64();
        _nextSecond = reader.ReadInt64();
        _seconds = reader.ReadInt64();
        _notBefore = reader.ReadInt64();
    }

    /// <summary>The leads' samples one lead after the other, without those that are not taken now.</summary>
    private ReadOnlySpan<float> Block(ReadOnlySpan<float> channels, int count, int from, int take)
    {
        if (Leads == 1)
            return channels.Slice(from, take);
        for (var lead = 0; lead < Leads; lead++)
            channels.Slice((lead * count) + from, take).CopyTo(_block.AsSpan(lead * take));
        return _block.AsSpan(0, Leads * take);
    }

    private void ProcessBlock(ReadOnlySpan<float> block, in FrameClock clock, AlarmDesk alarms, ICollection<SignalEvent> outputs)
    {
        var found = _detector.Process(block, _beats);
        foreach (var beat in _beats.AsSpan(0, found))
        {
            if (beat.Sample < _notBefore)
                continue;
            _rate.Process(beat);
            _variability.Process(beat);
            alarms.Process(beat);
            var isPoor = _judges.Seconds[beat.Lead].Second.Faults != QualityFaults.None;
            outputs.Add(HeartEventsOf.Beat(beat, clock.At(beat.Sample), isPoor));
        }

        _judges.Process(block);
    }

    private void EndSecond(in FrameClock clock, AlarmDesk alarms, ICollection<SignalEvent> outputs)
    {
        var place = clock.At(_next);
        var best = _judges.Best;
        var rate = _rate.At(_next);
        outputs.Add(HeartEventsOf.Quality(_judges.Seconds, best.Index, place));
        outputs.Add(HeartEventsOf.Rate(rate, place));
        if (++_seconds % VariabilitySeconds == 0 && _variability.Current is { } figures)
            outputs.Add(HeartEventsOf.Variability(figures, place));
        alarms.Process(best);
        alarms.Judge(_next, rate, clock, outputs);
        _nextSecond += _second;
    }
}
