using System.Globalization;
using SignalStream.Contracts;
using Xunit.Abstractions;

namespace SignalStream.ChaosTests.Processor;

/// <summary>Tells people what happened and what came of it.</summary>
internal sealed class Report(ITestOutputHelper output)
{
    private const int MostShown = 40;

    /// <summary>What the processors say of themselves; a name that none has is shown as a dash.</summary>
    private static readonly (string What, string Metric)[] Counters =
    [
        ("frames worked on", "signalstream_partition_messages_total{capability=\"heart\"}"),
        ("of these, read again", "signalstream_partition_messages_reread_total{capability=\"heart\"}"),
        ("frames repeated in the log", "signalstream_processor_frames_repeated_total"),
        ("samples missing", "signalstream_processor_samples_missing_total"),
        ("findings stored", "signalstream_events_stored_total"),
        ("tries to store that failed", "signalstream_event_store_failures_total{capability=\"heart\"}"),
        ("findings there already", "signalstream_partition_outputs_suppressed_total{capability=\"heart\"}"),
        ("of these, others there", "signalstream_partition_outputs_diverged_total{capability=\"heart\"}"),
        ("partitions claimed", "signalstream_partition_claims_total{capability=\"heart\"}"),
        ("of these, taken from a standstill", "signalstream_partition_taken_total{capability=\"heart\"}"),
        ("partitions lost by comparison", "signalstream_partition_fenced_total{capability=\"heart\"}"),
        ("settings copied into the log", "signalstream_partition_settings_total{capability=\"heart\"}"),
        ("gained, fed from the log", "signalstream_partition_readups_total{capability=\"heart\"}"),
        ("outputs misplaced", "signalstream_partition_outputs_misplaced_total{capability=\"heart\"}"),
        ("outputs lost by their log", "signalstream_partition_outputs_lost_total{capability=\"heart\"}"),
        ("checkpoints", "signalstream_partition_checkpoints_total{capability=\"heart\"}"),
        ("bytes of checkpoints", "signalstream_partition_checkpoint_bytes_total{capability=\"heart\"}"),
        ("exceptions of workers", "signalstream_partition_failures_total{capability=\"heart\"}"),
    ];

    public void Run(string settings, InputAccount input, int resent, int found, int expected, int alerts, TimeSpan catchUp)
    {
        Line($"{settings}");
        Line($"input: {input}, {resent} published again");
        Line($"findings: {found} in the log, {expected} expected; {alerts} alerts; caught up {catchUp.TotalSeconds:0.0} s after the input's end");
    }

    public void Faults(IReadOnlyList<Fault> faults, IReadOnlyDictionary<string, TimeSpan> pauses, IReadOnlyDictionary<string, TimeSpan> delays)
    {
        Line($"{faults.Count} faults; longest pause between a stream's findings, and longest from log to finding, by the fault it came of:");
        foreach (var (kind, pause) in pauses.OrderBy(p => p.Key, StringComparer.Ordinal))
            Line($"  {kind,-10} {faults.Count(f => f.Cause == kind),3} times {pause.TotalSeconds,6:0.0} s {delays.GetValueOrDefault(kind).TotalSeconds,7:0.000} s");
    }

    public void Processors(Replicas replicas)
    {
        Line($"the processors, summed over all replicas there were, each as it was last seen:");
        foreach (var (what, metric) in Counters)
            Line($"  {what,-34} {replicas.Total(metric)?.ToString("0", CultureInfo.InvariantCulture) ?? "-"}");
        var each = 1000 * replicas.Total("signalstream_partition_checkpoint_seconds_sum") / replicas.Total("signalstream_partition_checkpoint_seconds_count");
        Line($"  {"a checkpoint takes, ms",-34} {each?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-"}");
        foreach (var step in (string[])["waited", "claimed", "caught_up"])
        {
            var labels = $"{{capability=\"heart\",step=\"{step}\"}}";
            var took = 1000 * replicas.Total($"signalstream_partition_gain_seconds_sum{labels}") / replicas.Total($"signalstream_partition_gain_seconds_count{labels}");
            Line($"  {$"a partition gained, {step}, ms",-34} {took?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-"}");
        }
    }

    public void Differences(string against, IReadOnlyList<Difference> differences, IReadOnlyList<Fault> faults)
    {
        Line($"held against {against}: {string.Join(", ", Enum.GetValues<DifferenceKind>().Select(k => $"{differences.Count(d => d.Kind == k)} {k}"))}");
        foreach (var fault in differences.GroupBy(d => Before(d, faults)))
            Line($"  {fault.Count()} after {fault.Key}");
        foreach (var d in differences.Take(MostShown))
        {
            Line($"  {d.At:HH:mm:ss.fff} {d.Kind} {d.Place.Stream} {d.EventKind} at {d.Place.Index} (partition {Messaging.Partition.Of(d.Place.Stream)}): {d.Detail}");
            Line($"    after {Before(d, faults)}");
        }

        if (differences.Count > MostShown)
            Line($"  and {differences.Count - MostShown} more");
    }

    public void States(string against, IReadOnlyList<StreamId> different, int streams)
    {
        Line($"{streams - different.Count} of {streams} states in the checkpoints are those of {against}");
        foreach (var stream in different)
            Line($"  not that of {stream} (partition {Messaging.Partition.Of(stream)})");
    }

    private static string Before(Difference difference, IReadOnlyList<Fault> faults) =>
        faults.LastOrDefault(f => f.Begin <= difference.At)?.ToString() ?? "no fault";

    private void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
