using SignalStream.Signal.State;

namespace SignalStream.Signal.Beats;

/// <summary>Finds the peaks of the energy and says so once each is certain: it fell to half, or 95 ms have passed.</summary>
internal sealed class EnergyPeak(double rateHz, int gain)
{
    private readonly int _hold = (int)Math.Round(rateHz * 0.095);

    // A slope of 10 µV over 22 ms for the whole window: less than a beat in the weakest lead has.
    private readonly long _floor = (long)(gain * 0.010 * Filtering.QrsFilter.StepsPerMv * rateHz * 0.1);
    private long _valley;
    private bool _climbing;

    public long Index { get; private set; }

    public long Energy { get; private set; }

    /// <summary>The least energy between the peak before and this one.</summary>
    public long Valley { get; private set; }

    /// <summary>Takes the energy of an index; true when <see cref="Index"/> and <see cref="Energy"/> are a peak.</summary>
    public bool Completed(long index, long energy)
    {
        if (!_climbing)
        {
            _valley = Math.Min(_valley, energy);
            if (energy <= _floor || energy < _valley + (_valley / 4)) return false;
            (_climbing, Energy) = (true, 0);
        }

        if (energy > Energy)
        {
            (Index, Energy) = (index, energy);
            return false;
        }

        if (energy > Energy / 2 && index - Index < _hold) return false;
        (_climbing, Valley, _valley) = (false, _valley, energy);
        return true;
    }

    public void Clear() => (_valley, _climbing, Index, Energy, Valley) = (0, false, 0, 0, 0);

    public void Save(ref StateWriter writer)
    {
        writer.Write(_valley);
        writer.Write(Index);
        writer.Write(Energy);
        writer.Write(Valley);
        writer.Write(_climbing ? (byte)1 : (byte)0);
    }

    public void Restore(ref StateReader reader)
    {
        _valley = reader.Read<long>();
        Index = reader.Read<long>();
        Energy = reader.Read<long>();
        Valley = reader.Read<long>();
        _climbing = reader.Read<byte>() != 0;
    }
}
