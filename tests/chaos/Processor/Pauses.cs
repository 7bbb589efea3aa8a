namespace SignalStream.ChaosTests.Processor;

/// <summary>How long findings of a stream kept away at most, by the fault that this came of.</summary>
internal static class Pauses
{
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(5);

    /// <returns>The longest for each kind of fault, and under "none" for what happened without any.</returns>
    public static IReadOnlyDictionary<string, TimeSpan> Longest(IEnumerable<Found> found, IReadOnlyList<Fault> faults)
    {
        var longest = new Dictionary<string, TimeSpan>();
        foreach (var stream in found.GroupBy(f => f.Event.Place.Stream))
        {
            var stored = stream.Select(f => f.Stored).Order().ToList();
            foreach (var (before, after) in stored.Zip(stored.Skip(1)))
            {
                var cause = Cause(before, after, faults)?.Cause ?? "none";
                longest[cause] = TimeSpan.FromTicks(Math.Max(longest.GetValueOrDefault(cause).Ticks, (after - before).Ticks));
            }
        }

        return longest;
    }

    /// <summary>How long the log had what a finding rests on before it had the finding, at most, by the same causes.</summary>
    public static IReadOnlyDictionary<string, TimeSpan> LongestDelay(IEnumerable<Found> found, LogPass pass, IReadOnlyList<Fault> faults)
    {
        var longest = new Dictionary<string, TimeSpan>();
        foreach (var one in found)
        {
            if (pass.MadeAt(one.Event) is not { } made)
                continue;
            var cause = Cause(made, one.Stored, faults)?.Cause ?? "none";
            longest[cause] = TimeSpan.FromTicks(Math.Max(longest.GetValueOrDefault(cause).Ticks, (one.Stored - made).Ticks));
        }

        return longest;
    }

    /// <summary>The one that lasted longest of the pause, or else the last one before it.</summary>
    private static Fault? Cause(DateTimeOffset before, DateTimeOffset after, IReadOnlyList<Fault> faults) =>
        faults.Where(f => f.Begin <= after && f.End >= before).MaxBy(f => Earlier(f.End, after) - Later(f.Begin, before))
        ?? faults.LastOrDefault(f => f.Begin <= before && after <= f.End + Aftermath);

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
