using SignalStream.Signal.State;

namespace SignalStream.Signal.Anomalies;

/// <summary>The usual value for each half hour of the day (UTC), learned as it goes.</summary>
internal sealed class DailyProfile
{
    private const int Slots = 48;
    private const long SlotNs = 1_800_000_000_000;
    private const double LeastRate = 0.02;

    private readonly float[] _means = new float[Slots];
    private readonly ushort[] _counts = new ushort[Slots];

    /// <summary>Takes the next value.</summary>
    /// <returns>How far it is from the usual one, with its sign; 0 for the first of a slot.</returns>
    public double Process(long timeNs, double value)
    {
        var slot = (int)((((timeNs / SlotNs) % Slots) + Slots) % Slots);
        var deviation = _counts[slot] == 0 ? 0 : value - _means[slot];
        var rate = Math.Max(LeastRate, 1.0 / (_counts[slot] + 1));
        _means[slot] += (float)(rate * (value - _means[slot]));
        if (_counts[slot] < ushort.MaxValue)
            _counts[slot]++;
        return deviation;
    }

    public void Clear()
    {
        _means.AsSpan().Clear();
        _counts.AsSpan().Clear();
    }

    public void Save(ref StateWriter writer)
    {
        writer.WriteAll<float>(_means);
        writer.WriteAll<ushort>(_counts);
    }

    public void Restore(ref StateReader reader)
    {
        reader.ReadAll(_means.AsSpan());
        reader.ReadAll(_counts.AsSpan());
    }
}
