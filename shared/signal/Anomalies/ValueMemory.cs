using SignalStream.Signal.Numerics;
using SignalStream.Signal.State;

namespace SignalStream.Signal.Anomalies;

/// <summary>How far a value lies from every value that is remembered.</summary>
/// <remarks>
/// Remembered are the recent ones and, longer, those that were new when they came: a spike that recurs every day is news
/// once. The second memory holds the last of the values whose distance exceeded the 98th percentile.
/// </remarks>
internal sealed class ValueMemory(int novelties)
{
    /// <summary>Two in a row are alike in any metric, so the value just before says nothing.</summary>
    private const int FromAge = 1;
    private const int FirstAt = 30;
    private const double Quantile = 0.98;
    private const double LeastRate = 0.002;
    private const double Step = 3;

    private readonly float[] _novel = new float[novelties];
    private long _added;
    private double _logQuantile = double.NaN;

    /// <summary>Takes the next value, before it is added to <paramref name="recent"/>.</summary>
    /// <returns>Distance to the nearest; 0 while too little is known.</returns>
    public float Process(float value, RecentValues recent, long count)
    {
        if (count < FirstAt)
            return 0;
        var known = (int)Math.Min(_added, novelties);
        var distance = MathF.Min(recent.NearestDistance(value, FromAge), Nearest.Distance(_novel.AsSpan(0, known), value));
        if (distance > 0)
            Remember(value, PortableLog.Log(distance), count);
        return distance;
    }

    public void Clear()
    {
        _novel.AsSpan().Clear();
        (_added, _logQuantile) = (0, double.NaN);
    }

    public void Save(ref StateWriter writer)
    {
        writer.WriteAll<float>(_novel);
        writer.Write(_added);
        writer.Write(_logQuantile);
    }

    public void Restore(ref StateReader reader)
    {
        reader.ReadAll(_novel.AsSpan());
        _added = reader.Read<long>();
        _logQuantile = reader.Read<double>();
    }

    private void Remember(float value, double logDistance, long count)
    {
        if (double.IsNaN(_logQuantile))
            _logQuantile = logDistance;
        var isNovel = logDistance > _logQuantile;
        if (isNovel)
            _novel[_added++ % novelties] = value;
        _logQuantile += Math.Max(LeastRate, 1.0 / (count + 1)) * Step * (isNovel ? Quantile : Quantile - 1);
    }
}
