using System.Globalization;
using SignalStream.Messaging;
using SignalStream.Signal.Latency;

namespace SignalStream.Processor.Latency;

/// <summary>What the algorithms found, as events.</summary>
internal static class LatencyEventsOf
{
    private const string StatisticsBy = "latency/1";
    private const string AnomaliesBy = "line-anomalies/1";
    private const string StateBy = "target-state/1";

    public static LatencyStatisticsEvent Statistics(LatencyWindows windows, TargetState state, EventPlace place)
    {
        var all = new LatencyWindow[LatencyWindows.Seconds.Length];
        for (var i = 0; i < all.Length; i++)
            all[i] = Window(LatencyWindows.Seconds[i], windows.Figures(i));
        return new LatencyStatisticsEvent(place, StatisticsBy, all) { Health = (TargetHealth)state.Condition, HealthSinceNs = state.SinceNs };
    }

    public static AnomalyEvent Anomaly(in LatencyAnomaly anomaly, EventPlace place)
    {
        var isLoss = anomaly.Kind == LatencyAnomalyKind.Loss;
        return new AnomalyEvent(
            place,
            AnomaliesBy,
            isLoss ? "loss" : "rtt_ms",
            FormOf(anomaly.Kind),
            anomaly.StartNs,
            anomaly.EndNs == 0 ? null : anomaly.EndNs,
            anomaly.Score,
            anomaly.Learned ? $"{anomaly.Reason}; by now it is the usual" : anomaly.Reason)
        {
            Value = anomaly.Value,
            Usual = anomaly.Usual,
            Spread = anomaly.Spread,
            Unit = isLoss ? "1" : "ms",
            IsLearned = anomaly.Learned,
        };
    }

    public static TargetStateEvent State(TargetCondition now, TargetCondition before, long sinceNs, string reason, EventPlace place) =>
        new(place, StateBy, (TargetHealth)now, (TargetHealth)before, sinceNs, reason);

    public static GapEvent Gap(EventPlace place, ulong missing) => new(place, StatisticsBy, missing, "not in the log");

    /// <summary>Why a target is as it is, by its last ten seconds.</summary>
    public static string Reason(TargetCondition now, in LatencyFigures figures) => now switch
    {
        TargetCondition.Down => "connection lost: three readings in a row without an answer",
        TargetCondition.Degraded => Text($"of the last 10 s {figures.LossShare:0.#%} is lost, p50 {figures.P50Ms:0.#} ms, MOS {figures.Mos:0.0}"),
        _ => Text($"it answers: p50 {figures.P50Ms:0.#} ms, MOS {figures.Mos:0.0}"),
    };

    public static string FormOf(LatencyAnomalyKind kind) => kind switch
    {
        LatencyAnomalyKind.Spike => "spike",
        LatencyAnomalyKind.Level => "level",
        LatencyAnomalyKind.Spread => "spread",
        _ => "loss",
    };

    private static LatencyWindow Window(int seconds, in LatencyFigures figures) => new(
        seconds, figures.Readings, figures.Lost, figures.P50Ms, figures.P95Ms, figures.P99Ms, figures.MinMs, figures.MaxMs,
        figures.JitterMs, figures.MeanDifferenceMs, figures.Stutters, figures.Mos, (LineQuality)figures.Class);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
