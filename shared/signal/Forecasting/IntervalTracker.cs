using SignalStream.Signal.Numerics;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>How an <see cref="IntervalTracker"/> learns.</summary>
/// <param name="Scales">How many measures of spread there are.</param>
/// <param name="CorrectionScale">Which of them the correction is counted in.</param>
/// <param name="QuantileRate">Step of a quantile, as a share of itself.</param>
/// <param name="CorrectionRate">Step of the correction, in scales.</param>
/// <param name="Discount">Weight of a loss one value older.</param>
internal readonly record struct IntervalSettings(
    int Scales, int CorrectionScale, double QuantileRate, double CorrectionRate, double Discount);

/// <summary>Bounds around a forecast that hold as many outcomes as they claim.</summary>
/// <remarks>
/// For each of six quantiles and each measure of spread, the quantile of error/spread is tracked by online gradient descent on
/// the pinball loss; those are mixed by exponential weights on their own discounted pinball losses, and the mixture is
/// moved by what conformal quantile tracking adds up (Gibbs and Candès 2021, arXiv:2106.00170; Angelopoulos, Candès,
/// Tibshirani 2023, Conformal PID Control, arXiv:2307.16895): each outcome beyond the bound moves it out by rate·(1−α), each
/// within in by rate·α, so in the long run it holds what it claims, whatever the series does.
/// </remarks>
internal sealed class IntervalTracker
{
    /// <summary>Bounds: the low and high one of 50, 80 and 90 %.</summary>
    public const int Bounds = 6;

    private const double MixRate = 0.5;
    private const int Learning = 150;

    // Fields, not spans of constants: those allocate in code that is not optimised.
    private static readonly double[] Levels = [0.25, 0.75, 0.1, 0.9, 0.05, 0.95];

    // Where the quantiles begin: those of a bell whose mean absolute error is 1.
    private static readonly double[] Starts = [-0.85, 0.85, -1.6, 1.6, -2.06, 2.06];

    private readonly IntervalSettings _settings;
    private readonly double[] _quantiles;
    private readonly double[] _losses;
    private readonly double[] _corrections = new double[Bounds];
    private int _count;

    public IntervalTracker(IntervalSettings settings)
    {
        _settings = settings;
        _quantiles = new double[Bounds * settings.Scales];
        _losses = new double[Bounds * settings.Scales];
        Reset();
    }

    /// <param name="point">The forecast.</param>
    /// <param name="scales">Shape (scales), in the unit of the forecast, above 0.</param>
    /// <param name="least">No bound is below.</param>
    /// <param name="most">No bound is above.</param>
    /// <param name="bounds">Shape (6), to be kept for learning: low and high of 50, 80, 90 %, each within the next.</param>
    public void Range(double point, ReadOnlySpan<float> scales, double least, double most, Span<float> bounds)
    {
        for (var k = 0; k < Bounds; k++)
        {
            var bound = point + Mixed(k, scales) + (_corrections[k] * scales[_settings.CorrectionScale]);
            bounds[k] = (float)Math.Clamp(bound, least, most);
        }

        if (bounds[0] > bounds[1])
            bounds[0] = bounds[1] = 0.5f * (bounds[0] + bounds[1]);
        for (var k = 2; k < Bounds; k += 2)
        {
            bounds[k] = Math.Min(bounds[k], bounds[k - 2]);
            bounds[k + 1] = Math.Max(bounds[k + 1], bounds[k - 1]);
        }
    }

    /// <param name="point">The forecast that was made.</param>
    /// <param name="scales">As they stood.</param>
    /// <param name="bounds">As they were given.</param>
    /// <param name="outcome">What came.</param>
    public void Learn(double point, ReadOnlySpan<float> scales, ReadOnlySpan<float> bounds, double outcome)
    {
        _count++;
        for (var k = 0; k < Bounds; k++)
        {
            for (var j = 0; j < _settings.Scales; j++)
                LearnQuantile((k * _settings.Scales) + j, Levels[k], outcome - point, scales[j], scales[0]);
            Correct(k, outcome, bounds[k]);
        }
    }

    public void Reset()
    {
        for (var i = 0; i < _quantiles.Length; i++)
            _quantiles[i] = Starts[i / _settings.Scales];
        _losses.AsSpan().Clear();
        _corrections.AsSpan().Clear();
        _count = 0;
    }

    public void Write(ref StateWriter writer)
    {
        writer.WriteAll<double>(_quantiles);
        writer.WriteAll<double>(_losses);
        writer.WriteAll<double>(_corrections);
        writer.Write(_count);
    }

    public void Read(ref StateReader reader)
    {
        reader.ReadAll(_quantiles.AsSpan());
        reader.ReadAll(_losses.AsSpan());
        reader.ReadAll(_corrections.AsSpan());
        _count = reader.Read<int>();
    }

    private void LearnQuantile(int at, double level, double error, double scale, double unit)
    {
        var quantile = _quantiles[at];
        var beyond = error - (scale * quantile);
        var loss = (beyond > 0 ? level : level - 1) * beyond / unit;
        _losses[at] = (_settings.Discount * _losses[at]) + Math.Min(loss, 50);
        var step = _settings.QuantileRate * (Math.Abs(quantile) + 0.1) * (_count < Learning ? 3 : 1);
        _quantiles[at] = quantile + (step * (error > scale * quantile ? level : level - 1));
    }

    private void Correct(int k, double outcome, double bound)
    {
        var level = Levels[k];
        var isHigh = (k & 1) == 1;
        var step = _settings.CorrectionRate * (_count < Learning ? 2 : 1);
        var move = isHigh ? (outcome > bound ? level : level - 1) : (outcome < bound ? level - 1 : level);
        _corrections[k] = Math.Clamp(_corrections[k] + (step * move), isHigh ? -2 : -20, isHigh ? 20 : 2);
    }

    private double Mixed(int k, ReadOnlySpan<float> scales)
    {
        var losses = _losses.AsSpan(k * _settings.Scales, _settings.Scales);
        var least = double.MaxValue;
        foreach (var loss in losses)
            least = Math.Min(least, loss);
        double sum = 0, weights = 0;
        for (var j = 0; j < losses.Length; j++)
        {
            var weight = PortableMath.ExpBounded(-MixRate * (losses[j] - least));
            sum += weight * scales[j] * _quantiles[(k * _settings.Scales) + j];
            weights += weight;
        }

        return sum / weights;
    }
}
