using SignalStream.Signal.Timing;

namespace SignalStream.Producer.Pacing;

/// <summary>When a sample is due, ns after the start: absolute, so that a late tick stretches nothing.</summary>
internal sealed class Schedule
{
    private const double NsPerSecond = 1e9;

    private readonly SampleClock _steady;
    private readonly Burst? _burst;
    private readonly double _rateHz;
    private readonly double _samplesACycle;

    /// <summary>A steady schedule, or one that is faster for a stretch of each cycle.</summary>
    /// <param name="rateHz">Nominal rate, Hz.</param>
    /// <param name="speed">Replay factor; 1 is real time.</param>
    /// <param name="burst">Null: none.</param>
    public Schedule(double rateHz, double speed = 1, Burst? burst = null)
    {
        _rateHz = rateHz * speed;
        _steady = new SampleClock(0, _rateHz);
        _burst = burst;
        _samplesACycle = burst is null ? 0 : _rateHz * (burst.CalmSeconds + burst.Seconds * burst.Factor);
    }

    /// <summary>Samples a second that leave, over the nominal rate: the mean of a burst's cycle.</summary>
    public double Speed(double nominalRateHz) =>
        (_burst is null ? _rateHz : _samplesACycle / (_burst.CalmSeconds + _burst.Seconds)) / nominalRateHz;

    /// <summary>When the sample is due, ns after the start.</summary>
    public long DueNs(long sample)
    {
        if (_burst is null)
            return _steady.TimeNs(sample);
        var cycle = Math.Floor(sample / _samplesACycle);
        var within = sample - cycle * _samplesACycle;
        var calm = _burst.CalmSeconds * _rateHz;
        var seconds = within < calm
            ? within / _rateHz
            : _burst.CalmSeconds + (within - calm) / (_rateHz * _burst.Factor);
        return (long)((cycle * (_burst.CalmSeconds + _burst.Seconds) + seconds) * NsPerSecond);
    }
}

/// <summary>A stretch in which samples leave faster, over and over.</summary>
/// <param name="CalmSeconds">At the ordinary rate first, s.</param>
/// <param name="Seconds">Then so long at the multiple, s.</param>
/// <param name="Factor">The multiple.</param>
internal sealed record Burst(double CalmSeconds, double Seconds, double Factor);
