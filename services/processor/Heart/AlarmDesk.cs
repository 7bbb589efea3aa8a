using System.Globalization;
using SignalStream.Messaging;
using SignalStream.Messaging.Settings;
using SignalStream.Processor.States;
using SignalStream.Signal.Alarms;
using SignalStream.Signal.Beats;

namespace SignalStream.Processor.Heart;

/// <summary>A heart's alarms as alerts: judged, told with their evidence, kept over gaps, ended with their epoch.</summary>
internal sealed class AlarmDesk
{
    private const string MadeBy = "alarms/1";
    private static readonly AlarmKind[] Kinds = Enum.GetValues<AlarmKind>();

    private readonly HeartAlarms _alarms;
    private readonly Alarm[] _changes = new Alarm[HeartAlarms.MaxChanges];
    private readonly long[] _startNs = new long[Kinds.Length];
    private long _last;

    /// <param name="rateHz">Sampling rate, Hz.</param>
    /// <param name="limits">What the user set.</param>
    /// <param name="last">Places of the epoch's alerts lie behind this one; -1 when there was none.</param>
    public AlarmDesk(double rateHz, HeartLimits limits, long last)
    {
        _alarms = new HeartAlarms(rateHz, OptionsOf(limits));
        _last = last;
    }

    /// <summary>Place of the last alert in its epoch; -1 when there was none.</summary>
    public long Last => _last;

    public HeartLimits Limits
    {
        set => _alarms.Options = OptionsOf(value);
    }

    public void Restart(long sample) => _alarms.Restart(sample);

    public void Process(in Beat beat) => _alarms.Process(beat);

    public void Process(in QualitySecond second) => _alarms.Process(second);

    /// <summary>Judges the moment when the sample of this index has arrived.</summary>
    public void Judge(long sample, in HeartRate rate, in FrameClock clock, ICollection<SignalEvent> outputs) =>
        Tell(_alarms.Judge(sample, rate, _changes), sample, 0, clock, outputs);

    /// <summary>Judges while no samples come.</summary>
    /// <param name="next">Index of the sample that comes next.</param>
    /// <param name="silent">Samples that should have come.</param>
    /// <param name="rate">The heart rate then.</param>
    /// <param name="clock">Of the last frame.</param>
    /// <param name="outputs">What changes.</param>
    public void JudgeSilence(long next, long silent, in HeartRate rate, in FrameClock clock, ICollection<SignalEvent> outputs) =>
        Tell(_alarms.Judge(next + silent, rate, _changes), next, silent, clock, outputs);

    /// <summary>Ends every alarm in a new epoch, whose places begin anew.</summary>
    public void EndAllAnew(long sample, in FrameClock clock, ICollection<SignalEvent> outputs)
    {
        _last = -1;
        EndAll(sample, "the source began again", clock, outputs);
    }

    /// <summary>Ends every alarm that stands: nothing more is known of this heart.</summary>
    public void EndAll(long sample, string why, in FrameClock clock, ICollection<SignalEvent> outputs)
    {
        var count = _alarms.ClearAll(sample, _changes);
        for (var i = 0; i < count; i++)
            outputs.Add(Alert(_changes[i], sample, 0, clock) with { Evidence = why });
    }

    public void Save(BinaryWriter writer)
    {
        writer.WriteState(_alarms);
        foreach (var start in _startNs)
            writer.Write(start);
        writer.Write(_last);
    }

    public void Restore(BinaryReader reader)
    {
        reader.ReadState(_alarms);
        foreach (ref var start in _startNs.AsSpan())
            start = reader.ReadInt64();
        _last = reader.ReadInt64();
    }

    private static HeartAlarmOptions OptionsOf(HeartLimits limits) => new()
    {
        HighBpm = (float)limits.TachycardiaBpm,
        LowBpm = (float)limits.BradycardiaBpm,
        AsystoleMs = (float)(limits.AsystoleS * 1000),
    };

    private void Tell(int count, long next, long silent, in FrameClock clock, ICollection<SignalEvent> outputs)
    {
        for (var i = 0; i < count; i++)
            outputs.Add(Alert(_changes[i], next, silent, clock));
    }

    /// <remarks>
    /// While no samples come the place stands still and the event's time goes on. Places of an alert only rise, also when it is
    /// raised by silence at the sample where it was cleared.
    /// </remarks>
    private AlertEvent Alert(in Alarm alarm, long next, long silent, in FrameClock clock)
    {
        ref var startNs = ref _startNs[(int)alarm.Kind];
        if (alarm.Change == AlarmChange.Raised)
            startNs = clock.TimeOf(alarm.StartSample);
        var nowNs = clock.TimeOf(next + silent);
        _last = Math.Max(next, _last + 1);
        var isOver = alarm.Change == AlarmChange.Cleared;
        return new AlertEvent(
            clock.At(_last) with { TimeNs = nowNs },
            MadeBy,
            NameOf(alarm.Kind),
            isOver ? AlertState.Cleared : AlertState.Raised,
            (AlertSeverity)alarm.Severity,
            startNs,
            isOver ? nowNs : null,
            Evidence(alarm, silent > 0))
        {
            Value = alarm.Value,
            Limit = alarm.Limit,
            Unit = UnitOf(alarm.Kind),
        };
    }

    private static string Evidence(in Alarm alarm, bool isSilent)
    {
        var text = alarm.Kind switch
        {
            AlarmKind.Asystole => Text($"no beat for {alarm.Value / 1000:F1} s, limit {alarm.Limit / 1000:F1} s"),
            AlarmKind.LeadOff => Text($"every lead flat or at its limit for {alarm.Value:F0} s"),
            _ => Text($"heart rate {alarm.Value:F0}/min, limit {alarm.Limit:F0}/min"),
        };
        return (alarm.Change == AlarmChange.Cleared ? "over; at worst " : "") + text + (isSilent ? ", and no samples come" : "");
    }

    private static string NameOf(AlarmKind kind) => kind switch
    {
        AlarmKind.Asystole => "asystole",
        AlarmKind.Tachycardia => "tachycardia",
        AlarmKind.Bradycardia => "bradycardia",
        _ => "lead_off",
    };

    private static string UnitOf(AlarmKind kind) => kind switch
    {
        AlarmKind.Asystole => "ms",
        AlarmKind.LeadOff => "s",
        _ => "1/min",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
