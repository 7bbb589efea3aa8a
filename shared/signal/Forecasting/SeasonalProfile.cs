using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>A running mean for each place of a season, such as each five minutes of a day.</summary>
internal sealed class SeasonalProfile(int capacity, double leastGain)
{
    private readonly float[] _means = new float[capacity];
    private readonly byte[] _counts = new byte[capacity];

    /// <summary>The place's mean; NaN before its first value.</summary>
    public double this[int place] => _counts[place] > 0 ? _means[place] : double.NaN;

    public void Add(int place, double value)
    {
        if (_counts[place] < byte.MaxValue) _counts[place]++;
        _means[place] += (float)(Math.Max(1.0 / _counts[place], leastGain) * (value - _means[place]));
    }

    /// <summary>Mean of the places around, weighted by a triangle; NaN where all are empty.</summary>
    /// <param name="place">The middle.</param>
    /// <param name="stride">Places from one neighbour to the next.</param>
    /// <param name="reach">Neighbours on each side.</param>
    /// <param name="length">Places of the season, at most the capacity.</param>
    public double Around(int place, int stride, int reach, int length)
    {
        double sum = 0, weights = 0;
        for (var d = -reach; d <= reach; d++)
        {
            var at = ((place + (d * stride)) % length + length) % length;
            if (_counts[at] == 0) continue;
            var weight = reach + 1 - Math.Abs(d);
            sum += weight * _means[at];
            weights += weight;
        }

        return weights > 0 ? sum / weights : double.NaN;
    }

    public void Reset()
    {
        _means.AsSpan().Clear();
        _counts.AsSpan().Clear();
    }

    public void Write(ref StateWriter writer)
    {
        writer.WriteAll<float>(_means);
        writer.WriteAll<byte>(_counts);
    }

    public void Read(ref StateReader reader)
    {
        reader.ReadAll(_means.AsSpan());
        reader.ReadAll(_counts.AsSpan());
    }
}
