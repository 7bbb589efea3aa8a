using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>How large forecast errors are: in the long run, lately, at this hour of the day, and where experts disagree.</summary>
internal sealed class ErrorSpread
{
    private const double Bound = 20;
    private readonly double[] _hours = new double[24];
    private readonly int[] _counts = new int[24];
    private double _long;
    private double _short;
    private double _last;
    private int _count;

    public void Learn(double error, long hour)
    {
        _count++;
        var size = Math.Abs(error);
        _long += Math.Max(1.0 / _count, 0.003) * ((_long > 0 ? Math.Min(size, Bound * _long) : size) - _long);
        size = Math.Min(size, Bound * _long);
        _short += Math.Max(1.0 / _count, 0.03) * (size - _short);
        _last += Math.Max(1.0 / _count, 0.15) * (size - _last);
        _counts[hour]++;
        _hours[hour] += Math.Max(1.0 / _counts[hour], 0.03) * (size - _hours[hour]);
    }

    /// <summary>Five measures, each with a tenth of the long run's, so that none is ever 0.</summary>
    public void Fill(Span<float> scales, long hour, double disagreement)
    {
        if (!(_long > 0))
        {
            scales.Fill(1);
            return;
        }

        scales[0] = (float)_long;
        scales[1] = (float)(_short + (0.1 * _long));
        scales[2] = (float)(_last + (0.1 * _long));
        scales[3] = (float)(_counts[hour] > 5 ? _hours[hour] + (0.1 * _long) : _long);
        scales[4] = (float)((0.5 * disagreement) + (0.5 * _short) + (0.1 * _long));
    }

    public void Reset()
    {
        _hours.AsSpan().Clear();
        _counts.AsSpan().Clear();
        (_long, _short, _last, _count) = (0, 0, 0, 0);
    }

    public void Write(ref StateWriter writer)
    {
        writer.WriteAll<double>(_hours);
        writer.WriteAll<int>(_counts);
        writer.WriteAll<double>([_long, _short, _last]);
        writer.Write(_count);
    }

    public void Read(ref StateReader reader)
    {
        reader.ReadAll(_hours.AsSpan());
        reader.ReadAll(_counts.AsSpan());
        (_long, _short, _last) = (reader.Read<double>(), reader.Read<double>(), reader.Read<double>());
        _count = reader.Read<int>();
    }
}
