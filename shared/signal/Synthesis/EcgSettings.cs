namespace SignalStream.Signal.Synthesis;

/// <summary>What a synthetic ECG looks like. Two generators of equal settings make equal samples.</summary>
public sealed record EcgSettings
{
    /// <summary>Sampling rate, Hz, from 100 to 1,000.</summary>
    public double RateHz { get; init; } = 250;

    /// <summary>Mean heart rate, 1/min, from 20 to 300.</summary>
    public double HeartRateBpm { get; init; } = 60;

    /// <summary>Standard deviation of the heart rate, 1/min, from 0 to a third of the mean.</summary>
    public double HeartRateSdBpm { get; init; } = 1;

    /// <summary>Power of the low band of the RR intervals (0.1 Hz) to that of the high band (0.25 Hz), above 0.</summary>
    public double LfHfRatio { get; init; } = 0.5;

    /// <summary>Height of a normal R-peak, mV.</summary>
    public double AmplitudeMv { get; init; } = 1;

    /// <summary>Standard deviation of the white noise, mV.</summary>
    public double NoiseSdMv { get; init; }

    /// <summary>Amplitude of the baseline wander, mV.</summary>
    public double WanderMv { get; init; }

    /// <summary>Frequency of the baseline wander, Hz; the paper ties it to breathing.</summary>
    public double WanderHz { get; init; } = 0.25;

    /// <summary>Amplitude of the mains hum, mV.</summary>
    public double HumMv { get; init; }

    /// <summary>Frequency of the mains hum, Hz.</summary>
    public double HumHz { get; init; } = 50;

    /// <summary>Mean number of ventricular ectopic beats a minute: wide, early, a compensatory pause behind them.</summary>
    public double EctopicsPerMinute { get; init; }

    /// <summary>Mean number of pauses a minute.</summary>
    public double PausesPerMinute { get; init; }

    /// <summary>RR interval of a pause, s.</summary>
    public double PauseSeconds { get; init; } = 3;

    /// <summary>Seed of rhythm and noise.</summary>
    public ulong Seed { get; init; } = 1;

    internal void Validate()
    {
        Check(RateHz, 100, 1000, nameof(RateHz));
        Check(HeartRateBpm, 20, 300, nameof(HeartRateBpm));
        Check(HeartRateSdBpm, 0, HeartRateBpm / 3, nameof(HeartRateSdBpm));
        Check(LfHfRatio, 1e-3, 1e3, nameof(LfHfRatio));
        Check(AmplitudeMv, -100, 100, nameof(AmplitudeMv));
        Check(NoiseSdMv, 0, 100, nameof(NoiseSdMv));
        Check(WanderMv, 0, 100, nameof(WanderMv));
        Check(WanderHz, 0, 5, nameof(WanderHz));
        Check(HumMv, 0, 100, nameof(HumMv));
        Check(HumHz, 0, 500, nameof(HumHz));
        Check(EctopicsPerMinute, 0, 100, nameof(EctopicsPerMinute));
        Check(PausesPerMinute, 0, 20, nameof(PausesPerMinute));
        Check(PauseSeconds, 0, 60, nameof(PauseSeconds));
    }

    private static void Check(double value, double least, double most, string name)
    {
        if (!(value >= least && value <= most))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {least} to {most}.");
    }
}
