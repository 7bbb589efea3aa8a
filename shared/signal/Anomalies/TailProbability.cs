using SignalStream.Signal.Numerics;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Anomalies;

/// <summary>How improbable a distance is, in nats (−ln p), judged by those before it.</summary>
/// <remarks>
/// Distances beyond a high quantile are taken to be Pareto distributed, as in Siffer et al. 2017 (doi:10.1145/3097983.3098144), with
/// Hill's estimator (1975, doi:10.1214/aos/1176343247) of the tail, kept by exponential forgetting. Both work on logarithms, so the
/// unit of the metric does not matter. Departs from the paper: the quantile follows by stochastic approximation, and never freezes.
/// </remarks>
internal struct TailProbability(double quantile, double rate)
{
    private const int Warm = 50;
    private const double FirstMeanExcess = 0.3;
    private const double LeastMeanExcess = 0.05;
    private const double QuantileStep = 3;
    private const double ExcessRate = 0.01;
    private const double Most = 60;

    private double _logQuantile = double.NaN;
    private double _meanExcess = FirstMeanExcess;

    /// <summary>Takes the next distance.</summary>
    /// <param name="distance">At least 0, finite.</param>
    /// <param name="count">Values before it.</param>
    /// <returns>0 for an ordinary one.</returns>
    public double Process(double distance, long count)
    {
        if (distance <= 0)
            return 0;
        var log = PortableLog.Log(distance);
        if (double.IsNaN(_logQuantile))
        {
            _logQuantile = log;
            return count < Warm ? 0 : NeverBefore(count);
        }

        var excess = log - _logQuantile;
        var surprise = excess > 0 && count >= Warm
            ? (excess / Math.Max(_meanExcess, LeastMeanExcess)) - PortableLog.Log(1 - quantile)
            : 0;
        Learn(excess, count);
        return Math.Min(surprise, Most);
    }

    /// <summary>Laplace's rule of succession for what has never happened in so many trials.</summary>
    public static double NeverBefore(long count) => PortableLog.Log(count + 2);

    public readonly void Save(ref StateWriter writer)
    {
        writer.Write(_logQuantile);
        writer.Write(_meanExcess);
    }

    public void Restore(ref StateReader reader)
    {
        _logQuantile = reader.Read<double>();
        _meanExcess = reader.Read<double>();
    }

    private void Learn(double excess, long count)
    {
        _logQuantile += Math.Max(rate, 1.0 / (count + 1)) * QuantileStep * (excess > 0 ? quantile : quantile - 1);
        if (excess > 0)
            _meanExcess += Math.Max(ExcessRate, 1.0 / (count + 10)) * (Math.Min(excess, 5 * _meanExcess) - _meanExcess);
    }
}
