using SignalStream.Signal.Filtering;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Beats;

/// <summary>What the slope of a beat has looked like lately, to tell how much alike another one is.</summary>
internal sealed class BeatTemplate(QrsFilter filter, double rateHz)
{
    private const int Points = 20;
    private const double StepSeconds = 0.01;

    // New beats count an eighth: shape changes slowly, and one odd beat should not rule.
    private const float Gain = 1f / 8;

    private readonly float[] _mean = new float[Points];
    private int _beats;

    /// <summary>Correlation of the signal around a sample with the template, -1 to 1; 0 before the first beat.</summary>
    public float Likeness(long top, long newest)
    {
        Span<float> shape = stackalloc float[Points];
        if (_beats == 0 || !Read(top, newest, shape)) return 0;
        float product = 0, power = 0;
        for (var i = 0; i < Points; i++)
        {
            product += shape[i] * _mean[i];
            power += _mean[i] * _mean[i];
        }

        return power == 0 ? 0 : product / MathF.Sqrt(power);
    }

    /// <summary>Learns a beat, if the signal around it is still there.</summary>
    public void Learn(in Beat beat, long newest)
    {
        Span<float> shape = stackalloc float[Points];
        if (!Read(beat.Sample, newest, shape)) return;
        _beats = Math.Min(_beats + 1, int.MaxValue - 1);
        var gain = Math.Max(Gain, 1f / _beats);
        for (var i = 0; i < Points; i++) _mean[i] += gain * (shape[i] - _mean[i]);
    }

    public void Clear()
    {
        _mean.AsSpan().Clear();
        _beats = 0;
    }

    public void Save(ref StateWriter writer)
    {
        writer.WriteAll<float>(_mean);
        writer.Write(_beats);
    }

    public void Restore(ref StateReader reader)
    {
        reader.ReadAll(_mean.AsSpan());
        _beats = reader.Read<int>();
    }

    /// <summary>The slope around a sample, scaled to length one.</summary>
    private bool Read(long top, long newest, Span<float> shape)
    {
        var delay = filter.SmoothDelay + (filter.Reach / 2);
        var power = 0f;
        for (var i = 0; i < Points; i++)
        {
            var at = top + delay + (long)Math.Round((i - (Points / 2)) * StepSeconds * rateHz);
            if (newest - at >= filter.Slope.Length) return false;
            shape[i] = at > newest ? 0 : filter.Slope[at];
            power += shape[i] * shape[i];
        }

        if (power == 0) return false;
        var scale = 1 / MathF.Sqrt(power);
        foreach (ref var value in shape) value *= scale;
        return true;
    }
}
