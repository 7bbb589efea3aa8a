using SignalStream.Signal.Numerics;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>The probability that a price is higher some steps ahead, calibrated as it goes.</summary>
/// <remarks>
/// Four estimates: the share of rises so far, begun with twenty even cases a step since a trend of a few hundred bars is mostly
/// chance; an online logistic regression on the indicators with that share as its offset (recursive Newton steps from a
/// narrow prior); half of its tilt; and the share of rises by the last move and the place of the close in its bar. Mixed by
/// exponential weights on their Brier losses at the rate for which squared loss is mixable, the share of rises with five
/// times the weight of the others, divided by the distance since outcomes overlap. At last it is moved by a slow sum of its
/// own errors: what it says is how often it comes true.
/// </remarks>
internal sealed class RiseProbability
{
    private const int Estimates = 4;
    private const int Situations = 9;
    private const double BasePrior = 5;
    private const double EvenCases = 20;
    private const double WeightPrior = 0.02;
    private const double CorrectionRate = 0.001;
    private const int Learning = 60;

    private readonly int _steps;
    private readonly int _features;
    private readonly int _estimates;
    private readonly double[] _weights;
    private readonly double[] _covariance;
    private readonly double[] _gain;
    private readonly double[] _losses = new double[Estimates];
    private readonly double[] _rises = new double[Situations];
    private readonly double[] _cases = new double[Situations];
    private double _allRises;
    private double _allCases;
    private double _correction;

    public RiseProbability(int steps, int features, bool usesFeatures)
    {
        (_steps, _features, _estimates) = (steps, features, usesFeatures ? Estimates : 1);
        _weights = new double[features];
        _covariance = new double[features * features];
        _gain = new double[features];
        Reset();
    }

    private double Base => Bounded((_allRises + (0.5 * EvenCases * _steps)) / (_allCases + (EvenCases * _steps)));

    /// <param name="x">Shape (features).</param>
    /// <param name="situation">0 to 8.</param>
    /// <param name="told">To be kept for learning.</param>
    public double Estimate(ReadOnlySpan<double> x, int situation, out Told told)
    {
        var share = Base;
        var odds = LogOdds(share);
        var tilt = Tilt(x);
        var here = (_rises[situation] + (50 * _steps * share)) / (_cases[situation] + (50 * _steps));
        told = new Told(share, Bounded(Chance(odds + tilt)), Bounded(Chance(odds + (0.5 * tilt))), Bounded(here), share, situation);
        if (_allCases < Learning) return share;
        told = told with { Said = Bounded(Mix(told) + _correction) };
        return told.Said;
    }

    public void Learn(ReadOnlySpan<double> x, in Told told, bool rose)
    {
        var outcome = rose ? 1.0 : 0.0;
        for (var i = 0; i < Estimates; i++)
        {
            var error = told[i] - outcome;
            _losses[i] = (0.9995 * _losses[i]) + (error * error);
        }

        LearnWeights(x, outcome - Chance(LogOdds(told.Share) + Tilt(x)), told.Share);
        _correction = Math.Clamp(_correction + (CorrectionRate / _steps * (outcome - told.Said)), -0.15, 0.15);
        Count(told.Situation, outcome);
    }

    /// <summary>Only counts: before the forecasts mean anything.</summary>
    public void Count(int situation, double outcome)
    {
        _allRises += outcome;
        _allCases++;
        _rises[situation] = (0.999 * _rises[situation]) + outcome;
        _cases[situation] = (0.999 * _cases[situation]) + 1;
    }

    public void Reset()
    {
        _weights.AsSpan().Clear();
        _covariance.AsSpan().Clear();
        for (var i = 0; i < _features; i++)
            _covariance[(i * _features) + i] = WeightPrior;
        _losses.AsSpan().Clear();
        _rises.AsSpan().Clear();
        _cases.AsSpan().Clear();
        (_allRises, _allCases, _correction) = (0, 0, 0);
    }

    public void Write(ref StateWriter writer)
    {
        writer.WriteAll<double>(_weights);
        writer.WriteAll<double>(_covariance);
        writer.WriteAll<double>(_losses);
        writer.WriteAll<double>(_rises);
        writer.WriteAll<double>(_cases);
        writer.WriteAll<double>([_allRises, _allCases, _correction]);
    }

    public void Read(ref StateReader reader)
    {
        reader.ReadAll(_weights.AsSpan());
        reader.ReadAll(_covariance.AsSpan());
        reader.ReadAll(_losses.AsSpan());
        reader.ReadAll(_rises.AsSpan());
        reader.ReadAll(_cases.AsSpan());
        (_allRises, _allCases, _correction) = (reader.Read<double>(), reader.Read<double>(), reader.Read<double>());
    }

    private static double Bounded(double p) => Math.Clamp(p, 0.02, 0.98);

    private static double LogOdds(double p) => PortableLog.Log(p / (1 - p));

    private static double Chance(double odds) => 1 / (1 + PortableMath.ExpBounded(-odds));

    private double Tilt(ReadOnlySpan<double> x)
    {
        var sum = 0.0;
        for (var i = 0; i < _features; i++)
            sum += _weights[i] * x[i];
        return sum;
    }

    private double Mix(in Told told)
    {
        var least = double.MaxValue;
        foreach (var loss in _losses.AsSpan(0, _estimates))
            least = Math.Min(least, loss);
        double sum = 0, weights = 0;
        for (var i = 0; i < _estimates; i++)
        {
            var weight = (i == 0 ? BasePrior : 1) * PortableMath.ExpBounded(-2 * (_losses[i] - least) / _steps);
            sum += weight * told[i];
            weights += weight;
        }

        return sum / weights;
    }

    private void LearnWeights(ReadOnlySpan<double> x, double error, double share)
    {
        var p = Chance(LogOdds(share) + Tilt(x));
        var curvature = Math.Max(0.05, p * (1 - p)) / _steps;
        var spread = 0.0;
        for (var i = 0; i < _features; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < _features; j++)
                sum += _covariance[(i * _features) + j] * x[j];
            _gain[i] = sum;
            spread += sum * x[i];
        }

        var gain = 1 / (1 + (curvature * spread));
        for (var i = 0; i < _features; i++)
        {
            _weights[i] += _gain[i] * gain * error / _steps;
            for (var j = 0; j < _features; j++)
                _covariance[(i * _features) + j] -= curvature * gain * _gain[i] * _gain[j];
        }
    }

    /// <summary>What was estimated, and said in the end.</summary>
    internal readonly record struct Told(double Share, double Logistic, double HalfLogistic, double Situational, double Said, int Situation)
    {
        public double this[int i] => i switch { 0 => Share, 1 => Logistic, 2 => HalfLogistic, _ => Situational };
    }
}
