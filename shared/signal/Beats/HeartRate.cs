namespace SignalStream.Signal.Beats;

/// <summary>Why a heart rate is shown or withheld. The numbers are stable: they are saved and sent.</summary>
public enum HeartRateStatus : byte
{
    /// <summary>The average stands.</summary>
    Valid = 0,

    /// <summary>Not enough RR intervals yet.</summary>
    TooFewBeats = 1,

    /// <summary>The last beat is too long ago.</summary>
    Stale = 2,

    /// <summary>The last beats are too uncertain.</summary>
    PoorSignal = 3,
}

/// <summary>The heart rate at a moment.</summary>
/// <param name="AverageBpm">The monitor's average, 1/min; null when withheld.</param>
/// <param name="InstantBpm">From the last RR interval, 1/min; null when withheld.</param>
/// <param name="Status">Why it is shown or withheld.</param>
/// <param name="AgeMs">Time since the last beat, ms; 0 when there was none.</param>
/// <param name="Intervals">RR intervals known, at most the 12 that the average may rest on.</param>
/// <param name="Confidence">0 to 1: mean of the last four beats'.</param>
public readonly record struct HeartRate(
    float? AverageBpm, float? InstantBpm, HeartRateStatus Status, float AgeMs, int Intervals, float Confidence);
