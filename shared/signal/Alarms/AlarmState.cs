using System.Runtime.InteropServices;

namespace SignalStream.Signal.Alarms;

/// <summary>What is kept of an alarm, raised or not.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct AlarmState
{
    /// <summary>Where what it tells began, once it is raised.</summary>
    public long Start;

    /// <summary>Where the limit was first passed, while it is.</summary>
    public long FirstBeyond;

    public float Worst;
    public float Limit;

    /// <summary>Judgements in a row beyond the limit.</summary>
    public int Beyond;

    /// <summary>Judgements in a row back within it.</summary>
    public int Within;

    /// <summary>0 while it is not raised; four bytes, so that nothing undefined lies between the fields.</summary>
    private int _severity;

    public readonly bool IsRaised => _severity != 0;

    public AlarmSeverity Severity
    {
        readonly get => (AlarmSeverity)_severity;
        set => _severity = (int)value;
    }

    public void Begin(AlarmSeverity severity, long start, float value, float limit) =>
        (Severity, Start, Worst, Limit) = (severity, start, value, limit);

    public readonly Alarm Tell(AlarmChange change, AlarmKind kind, long sample, float value) =>
        new(change, kind, Severity, Start, sample, value, Limit);
}
