namespace SignalStream.Signal.Beats;

/// <summary>What is wrong with a second of signal. The numbers are stable: they are saved and sent.</summary>
[Flags]
public enum QualityFaults
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The signal does not move: a lead is off or a source stands still.</summary>
    Flat = 1,

    /// <summary>The signal stays at its own limit, as an amplifier out of range does.</summary>
    Saturated = 2,

    /// <summary>What lies between beats is too strong to tell beats from it.</summary>
    Noisy = 4,
}

/// <summary>How far a second of signal can be trusted.</summary>
/// <param name="Sample">Index of its last sample.</param>
/// <param name="Index">0 (useless) to 1 (clean).</param>
/// <param name="Faults">What is wrong with it.</param>
public readonly record struct QualitySecond(long Sample, float Index, QualityFaults Faults);
