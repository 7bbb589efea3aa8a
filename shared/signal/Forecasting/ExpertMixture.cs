using SignalStream.Signal.Numerics;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>Mixes the forecasts of experts by how well they did, the naive one the first of them.</summary>
/// <remarks>
/// Two mixtures of all experts and one of those two: exponential weights on discounted absolute losses (Vovk 1990;
/// Cesa-Bianchi and Lugosi 2006, Prediction, Learning, and Games, ch. 2) find the expert that is best now, Bernstein online
/// aggregation on the loss' gradient (Wintenberger 2017, doi:10.1007/s10994-016-5592-6) the best weighted mean of them. The
/// result is half the mean of both, half an aggregation of both and the naive forecast, which bounds what it can lose
/// against the last. Departs from the papers: discounting, and losses bounded at 20 (gradients at 10) running mean changes,
/// so that one outlier does not decide.
/// </remarks>
internal sealed class ExpertMixture(int experts)
{
    private const double NaivePrior = 6;
    private const double MostLoss = 40;
    private const double Fading = 0.008;

    private readonly Bernstein _weighted = new(experts, NaivePrior);
    private readonly Bernstein _last = new(3, NaivePrior);
    private readonly double[] _losses = new double[experts];

    /// <summary>The mixed forecast.</summary>
    /// <param name="forecasts">Shape (experts), naive first.</param>
    /// <param name="best">The mixture by exponential weights, to be kept for learning.</param>
    /// <param name="mean">The weighted mean, likewise.</param>
    public double Combine(ReadOnlySpan<float> forecasts, out double best, out double mean)
    {
        best = ByLoss(forecasts);
        mean = _weighted.Combine(forecasts);
        return (0.5 * _last.Combine([forecasts[0], (float)best, (float)mean])) + (0.25 * best) + (0.25 * mean);
    }

    /// <param name="forecasts">What the experts said.</param>
    /// <param name="best">What <see cref="Combine"/> gave with them.</param>
    /// <param name="mean">Likewise.</param>
    /// <param name="outcome">What came.</param>
    /// <param name="scale">Size of a usual change, above 0.</param>
    public void Learn(ReadOnlySpan<float> forecasts, double best, double mean, double outcome, double scale)
    {
        _weighted.Learn(forecasts, outcome, scale);
        _last.Learn([forecasts[0], (float)best, (float)mean], outcome, scale);
        LearnLosses(forecasts, outcome, scale);
    }

    public void Reset()
    {
        _weighted.Reset();
        _last.Reset();
        _losses.AsSpan().Clear();
    }

    public void Write(ref StateWriter writer)
    {
        _weighted.Write(ref writer);
        _last.Write(ref writer);
        writer.WriteAll<double>(_losses);
    }

    public void Read(ref StateReader reader)
    {
        _weighted.Read(ref reader);
        _last.Read(ref reader);
        reader.ReadAll(_losses.AsSpan());
    }

    /// <summary>Old losses fade by the losses that come, not by time: while nothing happens nothing is forgotten.</summary>
    private void LearnLosses(ReadOnlySpan<float> forecasts, double outcome, double scale)
    {
        var mean = 0.0;
        foreach (var forecast in forecasts)
            mean += Math.Min(MostLoss, Math.Abs(outcome - forecast) / scale) / forecasts.Length;
        var discount = 1 - (Fading * Math.Min(1, mean));
        for (var i = 0; i < _losses.Length; i++)
            _losses[i] = (discount * _losses[i]) + Math.Min(MostLoss, Math.Abs(outcome - forecasts[i]) / scale);
    }

    private double ByLoss(ReadOnlySpan<float> forecasts)
    {
        var least = double.MaxValue;
        foreach (var loss in _losses)
            least = Math.Min(least, loss);
        double sum = 0, weights = 0;
        for (var i = 0; i < _losses.Length; i++)
        {
            var weight = PortableMath.ExpBounded(-2 * (_losses[i] - least));
            sum += weight * forecasts[i];
            weights += weight;
        }

        return sum / weights;
    }

    /// <summary>Bernstein online aggregation: each expert has its own rate, by the variance of its regrets.</summary>
    private sealed class Bernstein(int experts, double naivePrior)
    {
        private const double Discount = 0.9995;
        private readonly double[] _regrets = new double[experts];
        private readonly double[] _squares = new double[experts];
        private readonly double _logExperts = PortableLog.Log(experts);

        public double Combine(ReadOnlySpan<float> forecasts)
        {
            var most = double.MinValue;
            for (var i = 0; i < _regrets.Length; i++)
                most = Math.Max(most, -Rate(i) * _regrets[i]);
            double sum = 0, weights = 0;
            for (var i = 0; i < _regrets.Length; i++)
            {
                var rate = Rate(i);
                var weight = rate * PortableMath.ExpBounded((-rate * _regrets[i]) - most) * (i == 0 ? naivePrior : 1);
                sum += weight * forecasts[i];
                weights += weight;
            }

            return sum / weights;
        }

        public void Learn(ReadOnlySpan<float> forecasts, double outcome, double scale)
        {
            var combined = Combine(forecasts);
            var slope = outcome > combined ? -1 : outcome < combined ? 1 : 0;
            for (var i = 0; i < _regrets.Length; i++)
            {
                var regret = Math.Clamp(slope * (forecasts[i] - combined) / scale, -10, 10);
                _regrets[i] = (Discount * _regrets[i]) + regret + (Rate(i) * regret * regret * 0.5);
                _squares[i] = (Discount * _squares[i]) + (regret * regret);
            }
        }

        public void Reset()
        {
            _regrets.AsSpan().Clear();
            _squares.AsSpan().Clear();
        }

        public void Write(ref StateWriter writer)
        {
            writer.WriteAll<double>(_regrets);
            writer.WriteAll<double>(_squares);
        }

        public void Read(ref StateReader reader)
        {
            reader.ReadAll(_regrets.AsSpan());
            reader.ReadAll(_squares.AsSpan());
        }

        private double Rate(int i) => Math.Min(0.5, Math.Sqrt(_logExperts / (_squares[i] + 1e-9)));
    }
}
