namespace SignalStream.Signal.Alarms;

/// <summary>The limits of a stream's alarms.</summary>
public sealed record HeartAlarmOptions
{
    /// <summary>Longest time without a beat, ms, from 2,000 to 10,000. Four seconds are what monitors have.</summary>
    public float AsystoleMs { get; init; } = 4000;

    /// <summary>Highest heart rate, 1/min. The usual default for adults.</summary>
    public float HighBpm { get; init; } = 120;

    /// <summary>Lowest heart rate, 1/min. The usual default for adults.</summary>
    public float LowBpm { get; init; } = 50;

    /// <summary>How far back within a limit the rate must come before its alarm ends, 1/min, from 0 to 20.</summary>
    public float HysteresisBpm { get; init; } = 3;

    /// <summary>Judgements in a row that a rate must be beyond its limit, or back within, from 1 to 5: one is a stray.</summary>
    public int Judgements { get; init; } = 2;

    /// <summary>Seconds in a row that are flat or saturated before the lead is called off, and as many that are not, from 1 to 10.</summary>
    public int LeadOffSeconds { get; init; } = 3;

    internal void Validate()
    {
        Check(AsystoleMs is >= 2000 and <= 10_000, AsystoleMs, "from 2,000 to 10,000", nameof(AsystoleMs));
        Check(LowBpm is >= 15 and <= 300, LowBpm, "from 15 to 300", nameof(LowBpm));
        Check(HighBpm <= 300 && HighBpm > LowBpm, HighBpm, "above LowBpm and at most 300", nameof(HighBpm));
        Check(HysteresisBpm is >= 0 and <= 20, HysteresisBpm, "from 0 to 20", nameof(HysteresisBpm));
        Check(Judgements is >= 1 and <= 5, Judgements, "from 1 to 5", nameof(Judgements));
        Check(LeadOffSeconds is >= 1 and <= 10, LeadOffSeconds, "from 1 to 10", nameof(LeadOffSeconds));
    }

    private static void Check(bool holds, float value, string rule, string name)
    {
        if (!holds) throw new ArgumentOutOfRangeException(name, value, $"{name} must be {rule}.");
    }
}
