namespace SignalStream.Signal.Indicators;

/// <summary>What a bar is in its sequence.</summary>
public enum BarPlace
{
    /// <summary>The next one.</summary>
    Next,

    /// <summary>The one before again, unchanged in time.</summary>
    Repeated,

    /// <summary>Older than the one before.</summary>
    OutOfOrder,
}

/// <summary>Puts bars in their place: repeats, bars out of order, and how many are missing before one.</summary>
/// <remarks>
/// Missing are bars of the nominal interval between two that came, when there are at most <paramref name="mostMissing"/>: a
/// longer break is the market's, a night or a weekend, and no gap. An interval of 0 tells no gaps.
/// </remarks>
/// <param name="intervalNs">Nominal distance of bars, ns.</param>
/// <param name="mostMissing">More than so many are a break.</param>
public sealed class BarSequence(long intervalNs, int mostMissing = 30)
{
    private long? _lastNs;

    /// <summary>Judges the next bar.</summary>
    /// <param name="timeNs">Its start.</param>
    /// <param name="missing">Bars that should have come between it and the one before.</param>
    public BarPlace Add(long timeNs, out int missing)
    {
        missing = 0;
        if (_lastNs is { } last)
        {
            if (timeNs == last) return BarPlace.Repeated;
            if (timeNs < last) return BarPlace.OutOfOrder;
            var between = intervalNs > 0 ? ((timeNs - last + (intervalNs / 2)) / intervalNs) - 1 : 0;
            if (between > 0 && between <= mostMissing) missing = (int)between;
        }

        _lastNs = timeNs;
        return BarPlace.Next;
    }

    /// <summary>Forgets the bar before, as when a replay starts over.</summary>
    public void Reset() => _lastNs = null;
}
