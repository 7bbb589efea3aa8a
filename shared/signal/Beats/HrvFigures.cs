namespace SignalStream.Signal.Beats;

/// <summary>How much the RR interval varies from beat to beat, over at most the last five minutes.</summary>
/// <param name="SdnnMs">Standard deviation of the NN intervals, ms.</param>
/// <param name="RmssdMs">Root mean square of the differences between successive NN intervals, ms.</param>
/// <param name="Pnn50Percent">Share of those differences that exceed 50 ms, percent.</param>
/// <param name="Intervals">NN intervals that they rest on.</param>
/// <param name="NnShare">0 to 1: share of the time that these intervals cover.</param>
/// <param name="SpanMs">Time that was looked at, ms: 300,000 once five minutes have passed.</param>
public readonly record struct HrvFigures(
    float SdnnMs, float RmssdMs, float Pnn50Percent, int Intervals, float NnShare, float SpanMs);
