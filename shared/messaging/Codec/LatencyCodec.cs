using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Codec;

/// <summary>What is found of a network target, to protobuf and back.</summary>
internal static class LatencyCodec
{
    public static V1.LatencyStatistics Body(LatencyStatisticsEvent statistics) => new()
    {
        Windows = { statistics.Windows.Select(Body) },
        Condition = (V1.TargetState.Types.Condition)statistics.Health,
        ConditionSinceNs = statistics.HealthSinceNs,
    };

    public static LatencyStatisticsEvent Read(EventPlace place, string madeBy, V1.LatencyStatistics statistics) =>
        new(place, madeBy, [.. statistics.Windows.Select(Read)])
        {
            Health = HealthOf(statistics.Condition),
            HealthSinceNs = statistics.ConditionSinceNs,
        };

    public static V1.Anomaly Body(AnomalyEvent anomaly) => new()
    {
        Metric = anomaly.Metric,
        Kind = anomaly.Form,
        StartNs = anomaly.StartNs,
        EndNs = anomaly.EndNs ?? 0,
        Score = (float)anomaly.Score,
        Value = anomaly.Value,
        Usual = anomaly.Usual,
        Spread = anomaly.Spread,
        Unit = anomaly.Unit,
        Reason = anomaly.Reason,
        Learned = anomaly.IsLearned,
    };

    public static AnomalyEvent Read(EventPlace place, string madeBy, V1.Anomaly anomaly) => new(
        place, madeBy, anomaly.Metric, anomaly.Kind, anomaly.StartNs, anomaly.EndNs == 0 ? null : anomaly.EndNs, anomaly.Score, anomaly.Reason)
    {
        Value = anomaly.Value,
        Usual = anomaly.Usual,
        Spread = anomaly.Spread,
        Unit = anomaly.Unit,
        IsLearned = anomaly.Learned,
    };

    public static V1.TargetState Body(TargetStateEvent state) => new()
    {
        Condition = (V1.TargetState.Types.Condition)state.Health,
        Before = (V1.TargetState.Types.Condition)state.Before,
        SinceNs = state.SinceNs,
        Reason = state.Reason,
    };

    public static TargetStateEvent Read(EventPlace place, string madeBy, V1.TargetState state) =>
        new(place, madeBy, HealthOf(state.Condition), HealthOf(state.Before), state.SinceNs, state.Reason);

    private static TargetHealth HealthOf(V1.TargetState.Types.Condition condition) =>
        Enum.IsDefined((TargetHealth)condition) ? (TargetHealth)condition : TargetHealth.Unknown;

    private static V1.LatencyStatistics.Types.Window Body(LatencyWindow window) => new()
    {
        Seconds = (float)window.Seconds,
        Readings = (uint)window.Readings,
        Lost = (uint)window.Lost,
        P50Ms = (float)window.P50Ms,
        P95Ms = (float)window.P95Ms,
        P99Ms = (float)window.P99Ms,
        MinMs = (float)window.MinMs,
        MaxMs = (float)window.MaxMs,
        JitterMs = (float)window.JitterMs,
        MeanDifferenceMs = (float)window.MeanDifferenceMs,
        Stutters = (uint)window.Stutters,
        Mos = (float)window.Mos,
        Class = (V1.QualityClass)window.Quality,
    };

    private static LatencyWindow Read(V1.LatencyStatistics.Types.Window window) => new(
        window.Seconds, (int)window.Readings, (int)window.Lost, window.P50Ms, window.P95Ms, window.P99Ms, window.MinMs, window.MaxMs,
        window.JitterMs, window.MeanDifferenceMs, (int)window.Stutters, window.Mos,
        Enum.IsDefined((LineQuality)window.Class) ? (LineQuality)window.Class : LineQuality.Unknown);
}
