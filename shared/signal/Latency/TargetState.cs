using SignalStream.Signal.State;

namespace SignalStream.Signal.Latency;

/// <summary>How a target is, as everybody understands it.</summary>
public enum TargetCondition
{
    /// <summary>Too little is known.</summary>
    Unknown,

    /// <summary>It answers well.</summary>
    Up,

    /// <summary>It answers, but slowly, unevenly or not always.</summary>
    Degraded,

    /// <summary>It does not answer.</summary>
    Down,
}

/// <summary>Up, degraded or down, from one reading to the next, without flutter.</summary>
/// <remarks>
/// Down after three readings in a row without an answer; up again, or degraded, after three answers in a row. Degraded when of the last
/// ten seconds a tenth is lost or the MOS falls below 3.1; no longer when it has been at most a twentieth and 3.6 for ten seconds.
/// </remarks>
public sealed class TargetState : IStateful
{
    /// <summary>So many readings in a row decide between down and not.</summary>
    public const int InARow = 3;

    private const int StateVersion = 1;
    private const int LeastReadings = 10;
    private const double LossIn = 0.10;
    private const double LossOut = 0.05;
    private const double MosIn = 3.10;
    private const double MosOut = 3.60;
    private const long CalmNs = 10_000_000_000;

    private int _lostInARow;
    private int _answeredInARow;
    private long _badNs;

    /// <summary>As it is now.</summary>
    public TargetCondition Condition { get; private set; }

    /// <summary>Since when, ns since the Unix epoch.</summary>
    public long SinceNs { get; private set; }

    /// <inheritdoc/>
    public int StateSize => (4 * sizeof(int)) + (2 * sizeof(long));

    /// <summary>Takes the next reading.</summary>
    /// <param name="timeNs">When it was sent, ns since the Unix epoch.</param>
    /// <param name="answered">Whether an answer came in time.</param>
    /// <param name="figures">Of the last ten seconds, this reading included.</param>
    /// <returns>Whether the condition changed.</returns>
    public bool Process(long timeNs, bool answered, in LatencyFigures figures)
    {
        (_answeredInARow, _lostInARow) = answered ? (Math.Min(_answeredInARow + 1, InARow), 0) : (0, Math.Min(_lostInARow + 1, InARow));
        var next = Next(timeNs, figures);
        if (next == Condition)
            return false;
        (Condition, SinceNs) = (next, timeNs);
        return true;
    }

    /// <summary>Nothing comes any more: what was known of the target holds no longer.</summary>
    /// <param name="timeNs">Since when, ns since the Unix epoch.</param>
    /// <returns>Whether the condition changed.</returns>
    public bool Forget(long timeNs)
    {
        (_answeredInARow, _lostInARow, _badNs) = (0, 0, 0);
        if (Condition == TargetCondition.Unknown)
            return false;
        (Condition, SinceNs) = (TargetCondition.Unknown, timeNs);
        return true;
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> destination)
    {
        var writer = new StateWriter(destination, StateSize);
        writer.Write(StateVersion);
        writer.Write((int)Condition);
        writer.Write(_lostInARow);
        writer.Write(_answeredInARow);
        writer.Write(SinceNs);
        writer.Write(_badNs);
    }

    /// <inheritdoc/>
    public void RestoreState(ReadOnlySpan<byte> source)
    {
        var reader = new StateReader(source, StateSize);
        reader.Expect(StateVersion, "version");
        Condition = (TargetCondition)reader.Read<int>();
        _lostInARow = reader.Read<int>();
        _answeredInARow = reader.Read<int>();
        SinceNs = reader.Read<long>();
        _badNs = reader.Read<long>();
    }

    private TargetCondition Next(long timeNs, in LatencyFigures figures)
    {
        if (_lostInARow == InARow)
            return TargetCondition.Down;
        if (Condition is TargetCondition.Unknown or TargetCondition.Down && _answeredInARow < InARow)
            return Condition;
        var known = figures.Readings >= LeastReadings;
        if (known && (figures.LossShare > LossOut || figures.Mos < MosOut))
            _badNs = timeNs;
        if (known && (figures.LossShare >= LossIn || figures.Mos < MosIn))
            return TargetCondition.Degraded;
        return Condition == TargetCondition.Degraded && timeNs - _badNs < CalmNs ? TargetCondition.Degraded : TargetCondition.Up;
    }
}
