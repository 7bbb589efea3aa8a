namespace SignalStream.Signal.Anomalies;

/// <summary>What made a value surprising most of all.</summary>
public enum AnomalyCause
{
    /// <summary>Nothing did.</summary>
    None,

    /// <summary>The value lies far from all that are remembered.</summary>
    Value,

    /// <summary>The level moved.</summary>
    Level,

    /// <summary>The course of the last few values is new.</summary>
    Pattern,

    /// <summary>It is unusual at this time of day.</summary>
    Season,
}

/// <summary>The judgement on one value.</summary>
/// <param name="Score">0 to 1; from <see cref="AnomalyDetector.Threshold"/> on it is the beginning of an anomaly.</param>
/// <param name="Surprise">0 to 1 on the same scale, without regard to what was told before: high as long as the surprise lasts.</param>
/// <param name="Cause">What weighed most in it.</param>
public readonly record struct AnomalyScore(double Score, double Surprise, AnomalyCause Cause);
