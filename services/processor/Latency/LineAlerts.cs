using SignalStream.Messaging;
using SignalStream.Signal.Latency;

namespace SignalStream.Processor.Latency;

/// <summary>A target's own alert: the connection is lost. Limits are rules, users' own.</summary>
internal sealed class LineAlerts
{
    private const string MadeBy = "limits/1";
    private const string ConnectionLost = "connection_lost";
    private const string Slow = "latency";

    private Standing _lost;

    /// <summary>Of a state that is from before the limit was a rule: it is ended, and the rule judges anew.</summary>
    private Standing _slow;

    /// <summary>Judges after a reading.</summary>
    /// <param name="condition">Of the target.</param>
    /// <param name="lostSinceNs">When the first of the readings in a row was sent that have no answer.</param>
    /// <param name="place">The reading.</param>
    /// <param name="outputs">What changes.</param>
    public void Judge(TargetCondition condition, long lostSinceNs, EventPlace place, ICollection<SignalEvent> outputs)
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

        EndSlow("the rule latency judges from now on", place, outputs);
    }

    /// <summary>Ends what stands: nobody probes the target any more.</summary>
    public void EndAll(string why, EventPlace place, ICollection<SignalEvent> outputs)
    {
        if (_lost.StartNs != 0)
            outputs.Add(Alert(ConnectionLost, AlertState.Cleared, AlertSeverity.High, _lost, place.TimeNs, why, "readings", place));
        EndSlow(why, place, outputs);
        _lost = default;
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

    private void EndSlow(string why, EventPlace place, ICollection<SignalEvent> outputs)
    {
        if (_slow.StartNs != 0)
            outputs.Add(Alert(Slow, AlertState.Cleared, AlertSeverity.Medium, _slow, place.TimeNs, why, "ms", place));
        _slow = default;
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
