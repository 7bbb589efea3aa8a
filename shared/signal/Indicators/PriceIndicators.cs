using SignalStream.Signal.State;

namespace SignalStream.Signal.Indicators;

/// <summary>Technical indicators of a stream of bars, one bar at a time.</summary>
/// <remarks>
/// Wilder JW (1978), New Concepts in Technical Trading Systems (RSI, average true range); Appel G (1979), the MACD method;
/// Bollinger J (2001), Bollinger on Bollinger Bands. What looks back a fixed number of bars is summed anew from a ring, so no
/// rounding adds up. A split rescales the past. O(20) a bar.
/// </remarks>
public sealed class PriceIndicators : IStateful
{
    private const int Version = 1;
    private const int Window = 21;
    private const int Wilder = 14;

    private readonly double[] _closes = new double[Window];
    private readonly double[] _volumes = new double[Window];
    private int _count;
    private double _gain;
    private double _loss;
    private double _range;
    private double _fast;
    private double _slow;
    private double _signal;

    /// <summary>Makes one that has seen nothing.</summary>
    public PriceIndicators()
    {
        var counter = StateWriter.Counter;
        Write(ref counter);
        StateSize = counter.Length;
    }

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <summary>After the last bar.</summary>
    public IndicatorValues Values { get; private set; }

    /// <summary>Takes the next bar; its prices and volume as they were traded.</summary>
    public void Process(in PriceBar bar)
    {
        if (bar.Split != 1) Rescale(1 / bar.Split);
        var before = _count > 0 ? _closes[0] : bar.Close;
        _closes.AsSpan(0, Window - 1).CopyTo(_closes.AsSpan(1));
        _volumes.AsSpan(0, Window - 1).CopyTo(_volumes.AsSpan(1));
        (_closes[0], _volumes[0]) = (bar.Close, bar.Volume);
        _count++;
        var change = bar.Close - before;
        if (_count > 1)
        {
            Smooth(ref _gain, Math.Max(change, 0), _count - 1);
            Smooth(ref _loss, Math.Max(-change, 0), _count - 1);
        }

        var trueRange = Math.Max(bar.High, before) - Math.Min(bar.Low, before);
        Smooth(ref _range, _count == 1 ? bar.High - bar.Low : trueRange, _count);
        Average(bar.Close);
        Values = Compute(bar.Close);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _closes.AsSpan().Clear();
        _volumes.AsSpan().Clear();
        (_count, _gain, _loss, _range, _fast, _slow, _signal) = (0, 0, 0, 0, 0, 0, 0);
        Values = default;
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> destination)
    {
        var writer = new StateWriter(destination, StateSize);
        Write(ref writer);
    }

    /// <inheritdoc/>
    public void RestoreState(ReadOnlySpan<byte> source)
    {
        var reader = new StateReader(source, StateSize);
        Read(ref reader);
    }

    internal void Write(ref StateWriter writer)
    {
        writer.Write(Version);
        writer.WriteAll<double>(_closes);
        writer.WriteAll<double>(_volumes);
        writer.Write(_count);
        writer.WriteAll<double>([_gain, _loss, _range, _fast, _slow, _signal]);
        writer.Write(Values);
    }

    internal void Read(ref StateReader reader)
    {
        reader.Expect(Version, "version");
        reader.ReadAll(_closes.AsSpan());
        reader.ReadAll(_volumes.AsSpan());
        _count = reader.Read<int>();
        (_gain, _loss, _range) = (reader.Read<double>(), reader.Read<double>(), reader.Read<double>());
        (_fast, _slow, _signal) = (reader.Read<double>(), reader.Read<double>(), reader.Read<double>());
        Values = reader.Read<IndicatorValues>();
    }

    /// <summary>Wilder's smoothing: the plain mean of the first fourteen, then a fourteenth of each new one.</summary>
    private static void Smooth(ref double mean, double value, int count) => mean += (value - mean) / Math.Min(count, Wilder);

    private void Average(double close)
    {
        if (_count == 1) (_fast, _slow) = (close, close);
        _fast += 2.0 / 13 * (close - _fast);
        _slow += 2.0 / 27 * (close - _slow);
        _signal += 2.0 / 10 * (_fast - _slow - _signal);
    }

    private IndicatorValues Compute(double close)
    {
        var mean = Mean(_closes, 20);
        var spread = Spread(mean);
        var volume = Mean(_volumes, 20);
        var moved = _gain + _loss;
        return new IndicatorValues(
            _count <= Wilder ? double.NaN : moved > 0 ? 100 * _gain / moved : 50,
            close / Mean(_closes, 5),
            close / Mean(_closes, 10),
            close / mean,
            close / _fast,
            (_fast - _slow) / close,
            (_fast - _slow - _signal) / close,
            Volatility(),
            Momentum(1),
            Momentum(5),
            Momentum(10),
            volume > 0 ? _volumes[0] / volume : double.IsNaN(volume) ? double.NaN : 1,
            double.IsNaN(spread) ? double.NaN : spread > 1e-12 * mean ? (close - mean) / (2 * spread) : 0,
            _count < Wilder ? double.NaN : _range / close);
    }

    private double Mean(double[] values, int count)
    {
        if (_count < count) return double.NaN;
        var sum = 0.0;
        for (var i = count - 1; i >= 0; i--)
            sum += values[i];
        return sum / count;
    }

    private double Momentum(int periods) => _count > periods ? (_closes[0] / _closes[periods]) - 1 : double.NaN;

    private double Spread(double mean)
    {
        var sum = 0.0;
        for (var i = 19; i >= 0; i--)
            sum += (_closes[i] - mean) * (_closes[i] - mean);
        return Math.Sqrt(sum / 20);
    }

    private double Volatility()
    {
        if (_count < Window) return double.NaN;
        double sum = 0, squares = 0;
        for (var i = 19; i >= 0; i--)
            sum += (_closes[i] / _closes[i + 1]) - 1;
        var mean = sum / 20;
        for (var i = 19; i >= 0; i--)
        {
            var off = (_closes[i] / _closes[i + 1]) - 1 - mean;
            squares += off * off;
        }

        return Math.Sqrt(squares / 19);
    }

    private void Rescale(double factor)
    {
        foreach (ref var close in _closes.AsSpan())
            close *= factor;
        foreach (ref var volume in _volumes.AsSpan())
            volume /= factor;
        _gain *= factor;
        _loss *= factor;
        _range *= factor;
        _fast *= factor;
        _slow *= factor;
        _signal *= factor;
    }
}
