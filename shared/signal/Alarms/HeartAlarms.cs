using SignalStream.Signal.Beats;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Alarms;

/// <summary>Asystole, tachycardia, bradycardia and lead off, from a lead's beats, seconds and heart rates.</summary>
/// <remarks>
/// Knows no clock: time is the index of the samples, and it judges when it is asked, once a second. While no samples
/// come, nothing changes. A lead that is off ends the other alarms,
/// since they can no longer be judged, and asystole those of the rate: there is none. A rate is high
/// severity from a fifth beyond its limit on; asystole always is. O(1) a call. Not a medical device.
/// </remarks>
public sealed class HeartAlarms : IStateful
{
    /// <summary>The most changes that one judgement can bring.</summary>
    public const int MaxChanges = Kinds;

    private const byte Version = 1;
    private const int Kinds = 4;

    // A beat is decided up to this much after it: the one that ends a pause may be on its way.
    private const double DecisionMs = 400;

    // Of a beat that counts as a sign of life. Those below are false as often as not.
    private const float LeastConfidence = 0.2f;

    // Beats that end an asystole.
    private const int BeatsOfLife = 3;

    private const float FarBeyond = 1.2f;

    private readonly double _rateHz;
    private readonly AlarmState[] _alarms = new AlarmState[Kinds];
    private readonly long[] _beats = new long[BeatsOfLife];
    private HeartAlarmOptions _options;
    private long _beatCount;
    private int _badSeconds;
    private int _goodSeconds;

    /// <summary>Makes one in which no alarm is raised.</summary>
    /// <param name="rateHz">Sampling rate, Hz.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    public HeartAlarms(double rateHz, HeartAlarmOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rateHz);
        _rateHz = rateHz;
        _options = options ?? new HeartAlarmOptions();
        _options.Validate();
        var counter = StateWriter.Counter;
        Write(ref counter);
        StateSize = counter.Length;
    }

    /// <summary>The limits; new ones count from the next judgement on, alarms that stand are held against them.</summary>
    public HeartAlarmOptions Options
    {
        get => _options;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Validate();
            _options = value;
        }
    }

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <summary>Whether an alarm is raised.</summary>
    public bool IsRaised(AlarmKind kind) => _alarms[(int)kind].IsRaised;

    /// <summary>Takes the next beat.</summary>
    public void Process(in Beat beat)
    {
        if (beat.Confidence >= LeastConfidence) _beats[_beatCount++ % BeatsOfLife] = beat.Sample;
    }

    /// <summary>Takes the next second of signal quality.</summary>
    public void Process(in QualitySecond second)
    {
        var bad = (second.Faults & (QualityFaults.Flat | QualityFaults.Saturated)) != 0;
        (_badSeconds, _goodSeconds) = bad ? (_badSeconds + 1, 0) : (0, _goodSeconds + 1);
    }

    /// <summary>Begins again at a sample, as at the start or after a gap; alarms stay until they are judged otherwise.</summary>
    public void Restart(long sample)
    {
        // As if a beat had just come: silence counts from here.
        _beats.AsSpan().Fill(sample);
        (_beatCount, _badSeconds, _goodSeconds) = (1, 0, 0);
        foreach (ref var alarm in _alarms.AsSpan()) alarm.Beyond = alarm.Within = 0;
    }

    /// <summary>Judges the moment when the sample of this index has arrived.</summary>
    /// <param name="sample">Index of the sample that comes next.</param>
    /// <param name="rate">The heart rate at it.</param>
    /// <param name="changes">Filled from the front, at least <see cref="MaxChanges"/> long.</param>
    /// <returns>How many changes were written.</returns>
    /// <exception cref="ArgumentException"><paramref name="changes"/> is too short; nothing was judged.</exception>
    public int Judge(long sample, in HeartRate rate, Span<Alarm> changes)
    {
        if (changes.Length < MaxChanges)
            throw new ArgumentException($"A judgement needs room for {MaxChanges} changes, not {changes.Length}.", nameof(changes));
        if (_beatCount == 0) Restart(0);
        var count = 0;
        JudgeLead(sample, changes, ref count);
        if (IsRaised(AlarmKind.LeadOff)) Clear(AlarmKind.Asystole, sample, changes, ref count);
        else JudgeBeats(sample, changes, ref count);
        if (IsRaised(AlarmKind.LeadOff) || IsRaised(AlarmKind.Asystole))
        {
            Clear(AlarmKind.Tachycardia, sample, changes, ref count);
            Clear(AlarmKind.Bradycardia, sample, changes, ref count);
            return count;
        }

        if (rate.AverageBpm is not { } bpm) return count;
        JudgeRate(AlarmKind.Tachycardia, bpm, _options.HighBpm, bpm > _options.HighBpm, bpm < _options.HighBpm - _options.HysteresisBpm, sample, changes, ref count);
        JudgeRate(AlarmKind.Bradycardia, bpm, _options.LowBpm, bpm < _options.LowBpm, bpm > _options.LowBpm + _options.HysteresisBpm, sample, changes, ref count);
        return count;
    }

    /// <summary>Ends every alarm that stands, when nothing more will be known of this heart.</summary>
    /// <returns>How many changes were written.</returns>
    public int ClearAll(long sample, Span<Alarm> changes)
    {
        var count = 0;
        for (var kind = 0; kind < Kinds; kind++) Clear((AlarmKind)kind, sample, changes, ref count);
        return count;
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
        reader.ReadAll(_alarms.AsSpan());
        reader.ReadAll(_beats.AsSpan());
        _beatCount = reader.Read<long>();
        _badSeconds = reader.Read<int>();
        _goodSeconds = reader.Read<int>();
    }

    private void Write(ref StateWriter writer)
    {
        writer.Write(Version);
        writer.Write(_rateHz);
        writer.WriteAll<AlarmState>(_alarms);
        writer.WriteAll<long>(_beats);
        writer.Write(_beatCount);
        writer.Write(_badSeconds);
        writer.Write(_goodSeconds);
    }

    private void JudgeLead(long sample, Span<Alarm> changes, ref int count)
    {
        var start = sample - (long)(_badSeconds * _rateHz);
        if (_badSeconds >= _options.LeadOffSeconds)
            Raise(AlarmKind.LeadOff, AlarmSeverity.Medium, start, sample, _badSeconds, _options.LeadOffSeconds, changes, ref count);
        else if (_goodSeconds >= _options.LeadOffSeconds && Clear(AlarmKind.LeadOff, sample, changes, ref count))
            Restart(sample);
    }

    private void JudgeBeats(long sample, Span<Alarm> changes, ref int count)
    {
        var last = _beats[(_beatCount - 1) % BeatsOfLife];
        var silentMs = (sample - last) * 1000.0 / _rateHz;
        if (silentMs > _options.AsystoleMs + DecisionMs)
            Raise(AlarmKind.Asystole, AlarmSeverity.High, last, sample, (float)silentMs, _options.AsystoleMs, changes, ref count);
        else if (_beatCount > BeatsOfLife && (sample - _beats[_beatCount % BeatsOfLife]) * 1000.0 / _rateHz <= BeatsOfLife * _options.AsystoleMs)
            Clear(AlarmKind.Asystole, sample, changes, ref count);
    }

    private void JudgeRate(
        AlarmKind kind, float bpm, float limit, bool beyond, bool within, long sample, Span<Alarm> changes, ref int count)
    {
        ref var alarm = ref _alarms[(int)kind];
        if (beyond && alarm.Beyond == 0) alarm.FirstBeyond = sample;
        alarm.Beyond = beyond ? alarm.Beyond + 1 : 0;
        alarm.Within = within ? alarm.Within + 1 : 0;
        var far = kind == AlarmKind.Tachycardia ? bpm >= limit * FarBeyond : bpm <= limit / FarBeyond;
        if (alarm.Beyond >= _options.Judgements || (alarm.IsRaised && beyond))
            Raise(kind, far ? AlarmSeverity.High : AlarmSeverity.Medium, alarm.FirstBeyond, sample, bpm, limit, changes, ref count);
        else if (alarm.Within >= _options.Judgements)
            Clear(kind, sample, changes, ref count);
    }

    /// <summary>Raises an alarm, or brings one that stands up to date and says so if it got worse.</summary>
    private void Raise(
        AlarmKind kind, AlarmSeverity severity, long start, long sample, float value, float limit, Span<Alarm> changes, ref int count)
    {
        ref var alarm = ref _alarms[(int)kind];
        if (!alarm.IsRaised)
        {
            alarm.Begin(severity, start, value, limit);
            changes[count++] = alarm.Tell(AlarmChange.Raised, kind, sample, value);
            return;
        }

        alarm.Worst = kind == AlarmKind.Bradycardia ? Math.Min(alarm.Worst, value) : Math.Max(alarm.Worst, value);
        if (severity <= alarm.Severity) return;
        alarm.Severity = severity;
        changes[count++] = alarm.Tell(AlarmChange.Worsened, kind, sample, value);
    }

    private bool Clear(AlarmKind kind, long sample, Span<Alarm> changes, ref int count)
    {
        ref var alarm = ref _alarms[(int)kind];
        if (!alarm.IsRaised) return false;
        changes[count++] = alarm.Tell(AlarmChange.Cleared, kind, sample, alarm.Worst);
        alarm = default;
        return true;
    }
}
