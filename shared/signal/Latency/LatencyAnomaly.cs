using System.Globalization;

namespace SignalStream.Signal.Latency;

/// <summary>In what way a line is unlike itself.</summary>
public enum LatencyAnomalyKind
{
    /// <summary>A reading was far from the usual.</summary>
    Spike,

    /// <summary>The median moved.</summary>
    Level,

    /// <summary>Readings vary more than usual.</summary>
    Spread,

    /// <summary>More readings than usual are lost.</summary>
    Loss,
}

/// <summary>A stretch in which a line is unlike itself.</summary>
/// <param name="Kind">In what way.</param>
/// <param name="StartNs">When it began, ns since the Unix epoch.</param>
/// <param name="EndNs">When it was over; 0 while it lasts.</param>
/// <param name="Score">0.5 to 1.</param>
/// <param name="Value">What was seen: ms, or for loss a share.</param>
/// <param name="Usual">What is usual, in the same unit.</param>
/// <param name="Spread">By how much that varies.</param>
/// <param name="Learned">Whether it ended because it has become the usual.</param>
public readonly record struct LatencyAnomaly(
    LatencyAnomalyKind Kind, long StartNs, long EndNs, double Score, double Value, double Usual, double Spread, bool Learned)
{
    /// <summary>What happened, for people.</summary>
    public string Reason => Kind switch
    {
        LatencyAnomalyKind.Spike => Text($"a reading of {Value:0.#} ms is {Apart} the usual {Usual:0.#} ± {Spread:0.#}"),
        LatencyAnomalyKind.Level => Text($"p50 of the last 40 readings is {Value:0.#} ms, {Apart} the usual {Usual:0.#} ± {Spread:0.#}"),
        LatencyAnomalyKind.Spread => Text($"the last 40 readings differ by {Value:0.#} ms from one to the next, usually by {Usual:0.#} ± {Spread:0.#}"),
        _ => Text($"{Value:0.#%} of the last 20 readings are lost, usually {Usual:0.##%}"),
    };

    private string Apart => Text($"{Math.Abs(Value - Usual):0.#} {(Value < Usual ? "below" : "above")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
