namespace SignalStream.Signal.Latency;

/// <summary>What a window of readings amounts to. Times in ms; all 0 while nothing came back.</summary>
/// <param name="Readings">In the window, answered or not.</param>
/// <param name="Lost">Of these, without an answer in time.</param>
/// <param name="P50Ms">Median.</param>
/// <param name="P95Ms">95th percentile.</param>
/// <param name="P99Ms">99th percentile.</param>
/// <param name="MinMs">Least.</param>
/// <param name="MaxMs">Greatest.</param>
/// <param name="JitterMs">Interarrival jitter as in RFC 3550, 6.4.1; of the stream, not of the window.</param>
/// <param name="MeanDifferenceMs">Mean absolute difference of neighbours.</param>
/// <param name="Stutters">Readings that took longer than the one before by more than the threshold.</param>
/// <param name="Mos">Mean opinion score, 1 to 4.5; 0 while unknown.</param>
/// <param name="Class">The same in a word.</param>
public readonly record struct LatencyFigures(
    int Readings, int Lost, double P50Ms, double P95Ms, double P99Ms, double MinMs, double MaxMs,
    double JitterMs, double MeanDifferenceMs, int Stutters, double Mos, QualityClass Class)
{
    /// <summary>Share lost, 0 to 1.</summary>
    public double LossShare => Readings == 0 ? 0 : (double)Lost / Readings;
}
