using SignalStream.Messaging;

namespace SignalStream.Gateway.History;

/// <summary>A stretch of time on a line.</summary>
/// <param name="StartMs">A multiple of the step, ms since the Unix epoch.</param>
/// <param name="Readings">Probes in it.</param>
/// <param name="Lost">Of these, not answered.</param>
/// <param name="Quantiles">As <see cref="TrendColumns.Shares"/>, ms; empty when nothing was answered.</param>
internal readonly record struct TrendColumn(long StartMs, int Readings, int Lost, IReadOnlyList<double> Quantiles);

/// <summary>Sums round trips up into columns, one after the other; only the one that is being filled is held.</summary>
internal sealed class TrendColumns(long stepMs)
{
    private const long NsPerMs = 1_000_000;

    private readonly List<float> _answered = [];
    private long _startMs = long.MinValue;
    private int _readings;
    private int _lost;

    /// <summary>Quantiles that a column has.</summary>
    public static IReadOnlyList<double> Shares { get; } = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1];

    /// <summary>Adds a reading.</summary>
    /// <returns>The column before, when the reading begins another one.</returns>
    public TrendColumn? Add(ProbeReading reading)
    {
        var done = Enter(reading.SentNs);
        _readings++;
        if (reading.Outcome == ProbeOutcome.Answered) _answered.Add((float)reading.RttMs);
        else _lost++;
        return done;
    }

    /// <summary>Adds a window as it was found: as many values as it had answers, spread as its quantiles say.</summary>
    /// <param name="window">Of which nothing has been added yet.</param>
    /// <param name="endNs">Event time of its last reading.</param>
    public TrendColumn? Add(in LatencyWindow window, long endNs)
    {
        var done = Enter(endNs - (long)(window.Seconds * 5e8));
        _readings += window.Readings;
        _lost += window.Lost;
        var answered = window.Readings - window.Lost;
        for (var i = 0; i < answered; i++)
            _answered.Add((float)ValueAt(window, (i + 0.5) / answered));
        return done;
    }

    /// <summary>The last column; null when there is nothing in it.</summary>
    public TrendColumn? End() => _readings == 0 ? null : Close();

    private TrendColumn? Enter(long timeNs)
    {
        var startMs = FloorTo(timeNs / NsPerMs, stepMs);
        // A source that begins anew may be a little behind itself: what is late counts where we are.
        if (startMs <= _startMs)
            return null;
        var done = End();
        _startMs = startMs;
        return done;
    }

    private TrendColumn Close()
    {
        _answered.Sort();
        var column = new TrendColumn(_startMs, _readings, _lost, _answered.Count == 0 ? [] : [.. Shares.Select(Quantile)]);
        _answered.Clear();
        (_readings, _lost) = (0, 0);
        return column;
    }

    /// <summary>Between neighbours in proportion (Hyndman, Fan 1996, definition 7).</summary>
    private double Quantile(double share)
    {
        var place = share * (_answered.Count - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, _answered.Count - 1);
        return _answered[below] + ((place - below) * (_answered[above] - _answered[below]));
    }

    private static double ValueAt(in LatencyWindow w, double share) => share switch
    {
        < 0.5 => Between(w.MinMs, w.P50Ms, share / 0.5),
        < 0.95 => Between(w.P50Ms, w.P95Ms, (share - 0.5) / 0.45),
        < 0.99 => Between(w.P95Ms, w.P99Ms, (share - 0.95) / 0.04),
        _ => Between(w.P99Ms, w.MaxMs, (share - 0.99) / 0.01),
    };

    private static double Between(double low, double high, double share) => low + (share * (high - low));

    private static long FloorTo(long value, long step) => value - (((value % step) + step) % step);
}
