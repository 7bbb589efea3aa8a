namespace SignalStream.Signal.Alarms;

/// <summary>What is wrong with a heart or its lead. The numbers are stable: they are saved and sent.</summary>
public enum AlarmKind : byte
{
    /// <summary>No beat for seconds.</summary>
    Asystole = 0,

    /// <summary>The heart rate stays above its limit.</summary>
    Tachycardia = 1,

    /// <summary>The heart rate stays below its limit.</summary>
    Bradycardia = 2,

    /// <summary>The signal is flat or at its limit: nothing can be said about the heart.</summary>
    LeadOff = 3,
}

/// <summary>How soon somebody must look. The numbers are stable: they are saved and sent.</summary>
public enum AlarmSeverity : byte
{
    /// <summary>Be aware.</summary>
    Low = 1,

    /// <summary>Look soon.</summary>
    Medium = 2,

    /// <summary>Look now.</summary>
    High = 3,
}

/// <summary>What has become of an alarm.</summary>
public enum AlarmChange : byte
{
    /// <summary>It begins.</summary>
    Raised = 1,

    /// <summary>Its severity has risen.</summary>
    Worsened = 2,

    /// <summary>It is over.</summary>
    Cleared = 3,
}

/// <summary>A change of an alarm, with what it rests on.</summary>
/// <param name="Change">What happened now.</param>
/// <param name="Kind">Which alarm.</param>
/// <param name="Severity">The highest that it has had.</param>
/// <param name="StartSample">Index of the sample where what it tells began: with <paramref name="Kind"/> its identity.</param>
/// <param name="Sample">Index of the sample that it was judged at.</param>
/// <param name="Value">
/// The evidence: for <see cref="AlarmKind.Asystole"/> ms without a beat, for the rates 1/min, for
/// <see cref="AlarmKind.LeadOff"/> seconds; once cleared, the worst value of the alarm's time.
/// </param>
/// <param name="Limit">What the value was held against, in the same unit.</param>
public readonly record struct Alarm(
    AlarmChange Change, AlarmKind Kind, AlarmSeverity Severity, long StartSample, long Sample, float Value, float Limit);
