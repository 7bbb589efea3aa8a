using SignalStream.Processor.States;
using SignalStream.Signal.Beats;

namespace SignalStream.Processor.Heart;

/// <summary>A second of one lead, and whether the lead is off.</summary>
internal readonly record struct LeadSecond(QualitySecond Second, bool IsOff);

/// <summary>The signal quality of each lead.</summary>
internal sealed class LeadJudges
{
    // As the alarm has it: one second that is flat or at its limit is a movement, three are a lead that is off.
    private const int OffSeconds = 3;

    private readonly SignalQuality[] _judges;
    private readonly int[] _badSeconds;
    private readonly LeadSecond[] _seconds;
    private readonly QualitySecond[] _judged;

    public LeadJudges(double rateHz, int leads)
    {
        _judges = [.. Enumerable.Range(0, leads).Select(_ => new SignalQuality(rateHz))];
        (_badSeconds, _seconds) = (new int[leads], new LeadSecond[leads]);
        _judged = new QualitySecond[_judges[0].MaxSeconds((int)Math.Round(rateHz))];
        Reset(0);
    }

    /// <summary>The last second of each lead.</summary>
    public ReadOnlySpan<LeadSecond> Seconds => _seconds;

    /// <summary>The last second of the best lead.</summary>
    public QualitySecond Best
    {
        get
        {
            var best = _seconds[0].Second;
            foreach (var (second, _) in _seconds)
            {
                if (second.Index > best.Index || (second.Index == best.Index && second.Faults < best.Faults))
                    best = second;
            }

            return best;
        }
    }

    /// <summary>Takes a beat that its lead shows.</summary>
    public void Observe(Beat beat) => _judges[beat.Lead].Observe(beat);

    /// <summary>Takes the next samples, shape (leads, n): at most up to the end of a second, so that its beats are known before.</summary>
    public void Process(ReadOnlySpan<float> leadsMv)
    {
        var samples = leadsMv.Length / _judges.Length;
        for (var lead = 0; lead < _judges.Length; lead++)
        {
            if (_judges[lead].Process(leadsMv.Slice(lead * samples, samples), _judged) == 0)
                continue;
            var isBad = (_judged[0].Faults & (QualityFaults.Flat | QualityFaults.Saturated)) != 0;
            _badSeconds[lead] = isBad ? _badSeconds[lead] + 1 : 0;
            _seconds[lead] = new LeadSecond(_judged[0], _badSeconds[lead] >= OffSeconds);
        }
    }

    public void Reset(long nextSample)
    {
        foreach (var judge in _judges)
            judge.Reset(nextSample);
        _badSeconds.AsSpan().Clear();
        _seconds.AsSpan().Fill(new LeadSecond(new QualitySecond(nextSample, 1, QualityFaults.None), false));
    }

    public void Save(BinaryWriter writer)
    {
        for (var lead = 0; lead < _judges.Length; lead++)
        {
            writer.WriteState(_judges[lead]);
            writer.Write(_badSeconds[lead]);
            writer.Write(_seconds[lead].Second.Sample);
            writer.Write(_seconds[lead].Second.Index);
            writer.Write((int)_seconds[lead].Second.Faults);
        }
    }

    public void Restore(BinaryReader reader)
    {
        for (var lead = 0; lead < _judges.Length; lead++)
        {
            reader.ReadState(_judges[lead]);
            _badSeconds[lead] = reader.ReadInt32();
            var second = new QualitySecond(reader.ReadInt64(), reader.ReadSingle(), (QualityFaults)reader.ReadInt32());
            _seconds[lead] = new LeadSecond(second, _badSeconds[lead] >= OffSeconds);
        }
    }
}
