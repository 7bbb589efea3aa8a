using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>Linear regression by recursive least squares, with exponential forgetting and errors bounded after Huber.</summary>
/// <remarks>
/// Recursive least squares as in Ljung L (1999), System Identification, section 11.2; the weight of an error e is
/// min(1, k·s/|e|), s the running mean of bounded errors (Huber PJ 1964, doi:10.1214/aoms/1177703732), so that with a small
/// k it follows the median. Forgetting pauses while the covariance is at its prior: without excitation it would grow
/// without bound. Four sums in a fixed order: the same bits on every machine. The covariance stays symmetric to the bit,
/// so half of it is the state. O(n²) a value.
/// </remarks>
internal sealed class RobustRegression
{
    private const int Lanes = 4;
    private const int WarmUp = 20;
    private const double LeastWeight = 1e-3;

    private readonly int _features;
    private readonly int _width;
    private readonly double _forgetting;
    private readonly double _bound;
    private readonly double _prior;
    private readonly double[] _weights;
    private readonly double[] _covariance;
    private readonly double[] _gain;
    private double _scale;
    private int _count;

    /// <param name="features">How many.</param>
    /// <param name="forgetting">Weight of an error one value older, in (0, 1].</param>
    /// <param name="bound">k above, in running mean errors.</param>
    /// <param name="prior">Variance of each weight at the start: the smaller, the longer it stays at 0.</param>
    public RobustRegression(int features, double forgetting, double bound, double prior)
    {
        (_features, _forgetting, _bound, _prior) = (features, forgetting, bound, prior);
        _width = WidthOf(features);
        _weights = new double[_width];
        _covariance = new double[_features * _width];
        _gain = new double[_width];
        Reset();
    }

    /// <summary>Length of a feature vector: whole lanes, the rest zeros.</summary>
    public static int WidthOf(int features) => (features + Lanes - 1) / Lanes * Lanes;

    /// <param name="x">Shape (width).</param>
    public double Predict(ReadOnlySpan<double> x) => Dot(_weights, x);

    /// <param name="x">Shape (width).</param>
    /// <param name="y">What came of it.</param>
    public void Learn(ReadOnlySpan<double> x, double y)
    {
        var error = y - Predict(x);
        var weight = WeightOf(Math.Abs(error));
        for (var i = 0; i < _features; i++)
            _gain[i] = Dot(Row(i), x);
        var gain = 1 / ((_forgetting / weight) + Dot(_gain, x));

        var largest = 0.0;
        for (var i = 0; i < _features; i++)
        {
            largest = Math.Max(largest, _covariance[(i * _width) + i]);
            _weights[i] += _gain[i] * gain * error;
        }

        Shrink(gain, largest < _prior ? 1 / _forgetting : 1);
    }

    public void Reset()
    {
        _weights.AsSpan().Clear();
        _covariance.AsSpan().Clear();
        for (var i = 0; i < _features; i++)
            _covariance[(i * _width) + i] = _prior;
        (_scale, _count) = (0, 0);
    }

    public void Write(ref StateWriter writer)
    {
        writer.WriteAll<double>(_weights.AsSpan(0, _features));
        for (var i = 0; i < _features; i++)
            writer.WriteAll<double>(_covariance.AsSpan((i * _width) + i, _features - i));
        writer.Write(_scale);
        writer.Write(_count);
    }

    public void Read(ref StateReader reader)
    {
        reader.ReadAll(_weights.AsSpan(0, _features));
        for (var i = 0; i < _features; i++)
        {
            reader.ReadAll(_covariance.AsSpan((i * _width) + i, _features - i));
            for (var j = i + 1; j < _features; j++)
                _covariance[(j * _width) + i] = _covariance[(i * _width) + j];
        }

        _scale = reader.Read<double>();
        _count = reader.Read<int>();
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        b = b[..a.Length];
        for (var i = 0; i <= a.Length - Lanes; i += Lanes)
        {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }

        return (s0 + s1) + (s2 + s3);
    }

    private ReadOnlySpan<double> Row(int i) => _covariance.AsSpan(i * _width, _width);

    private double WeightOf(double error)
    {
        if (_count < WarmUp) _scale += (error - _scale) / (_count + 1);
        else _scale += 0.01 * (Math.Min(error, (4 * _scale) + 1e-12) - _scale);
        _count++;
        return error <= _bound * _scale ? 1 : Math.Max(LeastWeight, _bound * _scale / error);
    }

    /// <summary>Takes the gain's outer product off. gᵢ·gⱼ first, which commutes: both halves get the same bits.</summary>
    private void Shrink(double gain, double growth)
    {
        for (var i = 0; i < _features; i++)
        {
            var row = _covariance.AsSpan(i * _width, _width);
            var gains = _gain.AsSpan(0, row.Length);
            var own = _gain[i];
            for (var j = 0; j < row.Length; j++)
                row[j] = (row[j] - (own * gains[j] * gain)) * growth;
        }
    }
}
