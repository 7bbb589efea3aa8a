using System.Runtime.Intrinsics;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Filtering;

/// <summary>What of an ECG looks like a QRS complex: steep, and for about a tenth of a second.</summary>
/// <remarks>
/// Two moving sums with nulls at 50 and 60 Hz smooth, a difference over 22 ms takes the slope (together a band about
/// 15 Hz wide around 13 Hz), and a moving sum of its magnitude over 100 ms is the energy. All of it is in whole numbers:
/// sums are exact, never drift, and agree on every machine. Each window is set in milliseconds and rounded for the rate.
/// O(1) a sample.
/// </remarks>
internal sealed class QrsFilter
{
    /// <summary>Steps a millivolt; inputs beyond ±<see cref="LimitMv"/> are taken as the limit.</summary>
    public const int StepsPerMv = 4096;

    public const int LimitMv = 64;

    /// <summary>Length of the energy's window: a wide QRS complex fits in.</summary>
    public const double WindowSeconds = 0.1;

    private readonly int _hum50;
    private readonly int _hum60;
    private readonly int _reach;
    private readonly int _window;
    private readonly History _half;
    private int _halfSum;
    private int _smoothSum;

    public QrsFilter(double rateHz, int history)
    {
        _hum50 = Math.Max(1, (int)Math.Round(rateHz / 50));
        _hum60 = Math.Max(1, (int)Math.Round(rateHz / 60));
        _reach = Math.Max(1, (int)Math.Round(rateHz * 0.022));
        _window = (int)Math.Round(rateHz * WindowSeconds);
        SmoothDelay = (_hum50 + _hum60 - 2) / 2;
        EnergyDelay = (_hum50 + _hum60 + _reach + _window - 3) / 2;
        Raw = new History(history);
        _half = new History(_hum60 + 1);
        Smooth = new History(history);
        Slope = new History(history);
    }

    /// <summary>Samples by which <see cref="Smooth"/> lags the input.</summary>
    public int SmoothDelay { get; }

    /// <summary>Samples by which the energy lags the input.</summary>
    public int EnergyDelay { get; }

    /// <summary>What the smoothing multiplies by.</summary>
    public int Gain => _hum50 * _hum60;

    /// <summary>Samples over which the slope is taken.</summary>
    public int Reach => _reach;

    public History Raw { get; }

    public History Smooth { get; }

    public History Slope { get; }

    /// <summary>Sum of the slope's magnitude over the window that ends with the newest sample.</summary>
    public long Energy { get; private set; }

    /// <summary>The input as whole steps. Not-a-number, which callers refuse, would count as zero.</summary>
    public static int Quantise(float mv) =>
        (int)MathF.Floor((Math.Clamp(mv, -LimitMv, LimitMv) * StepsPerMv) + 0.5f);

    /// <summary>Four at a time, and each as it would be alone.</summary>
    public static Vector128<int> Quantise(Vector128<float> mv)
    {
        var limit = Vector128.Create((float)LimitMv);
        var within = Vector128.Max(Vector128.Min(mv, limit), -limit);
        return Vector128.ConvertToInt32(Vector128.Floor((within * Vector128.Create((float)StepsPerMv)) + Vector128.Create(0.5f)));
    }

    /// <summary>Takes the value of an index; indices follow each other from 0.</summary>
    public void Push(long index, int value)
    {
        if (index == 0) Settle(value);
        _halfSum += value - Raw[index - _hum50];
        Raw[index] = value;
        _smoothSum += _halfSum - _half[index - _hum60];
        _half[index] = _halfSum;
        Smooth[index] = _smoothSum;
        var slope = _smoothSum - Smooth[index - _reach];
        Energy += Math.Abs(slope) - Math.Abs(Slope[index - _window]);
        Slope[index] = slope;
    }

    public void Clear()
    {
        Raw.Clear();
        Smooth.Clear();
        Slope.Clear();
        _half.Clear();
        (_halfSum, _smoothSum, Energy) = (0, 0, 0);
    }

    public void Save(ref StateWriter writer)
    {
        Raw.Save(ref writer);
        Smooth.Save(ref writer);
        Slope.Save(ref writer);
        _half.Save(ref writer);
        writer.Write(_halfSum);
        writer.Write(_smoothSum);
        writer.Write(Energy);
    }

    public void Restore(ref StateReader reader)
    {
        Raw.Restore(ref reader);
        Smooth.Restore(ref reader);
        Slope.Restore(ref reader);
        _half.Restore(ref reader);
        _halfSum = reader.Read<int>();
        _smoothSum = reader.Read<int>();
        Energy = reader.Read<long>();
    }

    /// <summary>Starts as if the first value had always been there: a lead's offset is not a beat.</summary>
    private void Settle(int value)
    {
        Raw.Fill(value);
        _half.Fill(value * _hum50);
        Smooth.Fill(value * Gain);
        (_halfSum, _smoothSum) = (value * _hum50, value * Gain);
    }
}
