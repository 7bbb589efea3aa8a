using SignalStream.Signal.State;

namespace SignalStream.Signal.Anomalies;

/// <summary>How a deviation compares with the greatest one there was, which slowly fades.</summary>
internal struct ExtremeRatio()
{
    private const int Warm = 50;
    private const double Fade = 0.9998;
    private const double Most = 12;

    private double _greatest;

    /// <summary>Whether there has been any deviation.</summary>
    public readonly bool IsKnown => _greatest > 0;

    /// <summary>Takes the next deviation.</summary>
    /// <param name="deviation">At least 0.</param>
    /// <param name="count">Values before it.</param>
    /// <returns>1: as great as the greatest; 0 while there is none.</returns>
    public double Process(double deviation, long count)
    {
        var ratio = IsKnown && count >= Warm ? Math.Min(deviation / _greatest, Most) : 0;
        _greatest = Math.Max(_greatest * Fade, deviation);
        return ratio;
    }

    public readonly void Save(ref StateWriter writer) => writer.Write(_greatest);

    public void Restore(ref StateReader reader) => _greatest = reader.Read<double>();
}
