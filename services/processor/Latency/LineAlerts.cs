using System.Globalization;
using SignalStream.Messaging;
using SignalStream.Messaging.Settings;
using SignalStream.Signal.Latency;

namespace SignalStream.Processor.Latency;

/// <summary>A target's alerts: the connection is lost, or the latency is above the limit that a user set.</summary>
internal sealed class LineAlerts
{
    private const string MadeBy = "limits/1";
    private const string ConnectionLost = "connection_lost";
    private const string Slow = "latency";
    private const int LeastAnswers = 3;

    /// <summary>It is over below so much of the limit, so that it does not flutter.</summary>
    private const double Back = 0.9;

    private Standing _lost;
    private Standing _slow;

    public LatencyLimits Limits { get; set; } = new();

    /// <summary>Judges after a reading.</summary>
    /// <param name="condition">Of the target.</param>
    /// <param name="lostSinceNs">When the first of the readings in a row was sent that have no answer.</param>
    /// <param name="figures">Of the last ten seconds.</param>
    /// <param name="place">The reading.</param>
    /// <param name="outputs">What changes.</param>
    public void Judge(TargetCondition condition, long lostSinceNs, in LatencyFigures figures, EventPlace place, ICollection<SignalEvent> outputs)
    {
        if (condition == TargetCondition.Down && _lost.StartNs == 0)
        {
            _lost = new Standing(lostSinceNs, TargetState.InARow, TargetState.InARow);
            outputs.Add(Alert(ConnectionLost, AlertState.Raised, AlertSeverity.High, _lost, null, "three readings in a row without an answer", "readings", place));
        }
        else if (condition is TargetCondition.Up or TargetCondition.Degraded && _lost.StartNs != 0)
        {
            outputs.Add(Alert(ConnectionLost, AlertState.Cleared, AlertSeverity.High, _lost, place.TimeNs, "it answers again", "readings", place));
            _lost = default;
        }

        if (figures.Readings - figures.Lost >= LeastAnswers)
            JudgeLimit(figures.P50Ms, place, outputs);
    }

    /// <summary>Ends what stands: nobody probes the target any more.</summary>
    public void EndAll(string why, EventPlace place, ICollection<SignalEvent> outputs)
    {
        if (_lost.StartNs != 0)
            outputs.Add(Alert(ConnectionLost, AlertState.Cleared, AlertSeverity.High, _lost, place.TimeNs, why, "readings", place));
        if (_slow.StartNs != 0)
            outputs.Add(Alert(Slow, AlertState.Cleared, AlertSeverity.Medium, _slow, place.TimeNs, why, "ms", place));
        (_lost, _slow) = (default, default);
    }

    public void Save(BinaryWriter writer)
    {
        _lost.Save(writer);
        _slow.Save(writer);
    }

    public void Restore(BinaryReader reader)
    {
        _lost = Standing.Restore(reader);
        _slow = Standing.Restore(reader);
    }

    private void JudgeLimit(double medianMs, EventPlace place, ICollection<SignalEvent> outputs)
    {
        if (_slow.StartNs == 0 && medianMs > Limits.LimitMs)
        {
            _slow = new Standing(place.TimeNs, medianMs, Limits.LimitMs);
            var evidence = string.Create(CultureInfo.InvariantCulture, $"the median of the last 10 s is {medianMs:0.#} ms, above {Limits.LimitMs:0.##}");
            outputs.Add(Alert(Slow, AlertState.Raised, AlertSeverity.Medium, _slow, null, evidence, "ms", place));
        }
        else if (_slow.StartNs != 0 && medianMs <= Back * Limits.LimitMs)
        {
            var evidence = string.Create(CultureInfo.InvariantCulture, $"the median of the last 10 s is {medianMs:0.#} ms");
            outputs.Add(Alert(Slow, AlertState.Cleared, AlertSeverity.Medium, _slow, place.TimeNs, evidence, "ms", place));
            _slow = default;
        }
        else if (_slow.StartNs != 0)
        {
            _slow = _slow with { Worst = Math.Max(_slow.Worst, medianMs) };
        }
    }

    private static AlertEvent Alert(
        string name, AlertState state, AlertSeverity severity, Standing standing, long? endNs, string evidence, string unit, EventPlace place) =>
        new(place, MadeBy, name, state, severity, standing.StartNs, endNs, evidence) { Value = standing.Worst, Limit = standing.Limit, Unit = unit };

    /// <summary>An alert that stands; none when it began at 0.</summary>
    private readonly record struct Standing(long StartNs, double Worst, double Limit)
    {
        public void Save(BinaryWriter writer)
        {
            writer.Write(StartNs);
            writer.Write(Worst);
            writer.Write(Limit);
        }

        public static Standing Restore(BinaryReader reader) => new(reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble());
    }
}
