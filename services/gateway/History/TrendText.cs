using System.Text.Json.Serialization;

namespace SignalStream.Gateway.History;

/// <summary>What <c>/api/v1/streams/{stream}/trend</c> answers.</summary>
/// <param name="Stream">Whose.</param>
/// <param name="Source"><c>readings</c> or <c>findings</c>.</param>
/// <param name="StepMs">Length of a column.</param>
/// <param name="From">ms since the Unix epoch.</param>
/// <param name="To">The same.</param>
/// <param name="LogSince">When the oldest message of the log was stored; null when the log is empty.</param>
/// <param name="Columns">What stands in a row, in order.</param>
/// <param name="Rows">A column of the chart each; those in which nothing was probed are left out. Quantiles are null where nothing was answered.</param>
/// <param name="Anomalies">That began or ended in the time.</param>
internal sealed record TrendText(
    string Stream, string Source, double StepMs, double From, double To, double? LogSince, IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<double?>> Rows, IReadOnlyList<TrendAnomaly> Anomalies);

/// <param name="Metric">Of what.</param>
/// <param name="Form"><c>spike</c>, <c>level</c>, <c>spread</c> or <c>loss</c>.</param>
/// <param name="Start">ms since the Unix epoch.</param>
/// <param name="End">Null while it lasts.</param>
/// <param name="Reason">For people.</param>
internal sealed record TrendAnomaly(string Metric, string Form, double Start, double? End, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TrendText))]
internal sealed partial class TrendJson : JsonSerializerContext;
