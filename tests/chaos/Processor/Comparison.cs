using SignalStream.Messaging;
using SignalStream.Messaging.Codec;

namespace SignalStream.ChaosTests.Processor;

internal enum DifferenceKind
{
    Missing,
    Doubled,
    Different,
    Unexpected,
    OutOfOrder,
}

/// <summary>Where the log is not what one pass makes of the same samples.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Place">Of the event.</param>
/// <param name="EventKind">Its kind.</param>
/// <param name="At">When it was stored, or would have been.</param>
/// <param name="Detail">For people.</param>
internal sealed record Difference(DifferenceKind Kind, EventPlace Place, string EventKind, DateTimeOffset At, string Detail);

/// <summary>Holds the log of findings against what was expected, stream by stream and byte by byte.</summary>
internal static class Comparison
{
    public static IReadOnlyList<Difference> Of(IEnumerable<SignalEvent> expected, IEnumerable<Found> found)
    {
        var expectedOf = expected.ToLookup(e => e.Place.Stream);
        var foundOf = found.ToLookup(f => f.Event.Place.Stream);
        return [.. expectedOf.Select(s => s.Key).Union(foundOf.Select(s => s.Key))
            .SelectMany(stream => OfStream([.. expectedOf[stream]], [.. foundOf[stream]]))
            .OrderBy(d => d.At)];
    }

    private static IEnumerable<Difference> OfStream(List<SignalEvent> expected, List<Found> found)
    {
        var turn = expected.Index().ToDictionary(e => e.Item.MessageId, e => e.Index);
        var seen = new Dictionary<string, Found>();
        var last = -1;
        foreach (var one in found)
        {
            var (id, text) = (one.Event.MessageId, Text(one.Event));
            if (!seen.TryAdd(id, one))
                yield return At(one, DifferenceKind.Doubled, $"{text}, first as {seen[id].Sequence}");
            else if (!turn.TryGetValue(id, out var place))
                yield return At(one, DifferenceKind.Unexpected, text);
            else
            {
                var wanted = expected[place];
                if (!one.Bytes.Span.SequenceEqual(EventCodec.Encode(wanted)))
                    yield return At(one, DifferenceKind.Different, $"expected {Text(wanted)}, found {text}");
                if (place < last)
                    yield return At(one, DifferenceKind.OutOfOrder, $"behind {expected[last].Kind} at {expected[last].Place.Index}");
                last = Math.Max(last, place);
            }
        }

        foreach (var missing in expected.Where(e => !seen.ContainsKey(e.MessageId)))
            yield return new Difference(DifferenceKind.Missing, missing.Place, missing.Kind, Moment(missing), $"expected {Text(missing)}");
    }

    private static Difference At(Found found, DifferenceKind kind, string detail) =>
        new(kind, found.Event.Place, found.Event.Kind, found.Stored, $"{detail}, stored as {found.Sequence}");

    private static string Text(SignalEvent shown) => shown switch
    {
        BeatEvent b => FormattableString.Invariant($"beat RR {b.RrMs:0.#} ms, {b.AmplitudeMv:0.###} mV, QRS {b.QrsMs:0.#} ms, {b.Confidence:0.###}, {b.BeatKind}"),
        HeartRateEvent r => FormattableString.Invariant($"rate {r.Bpm:0.##}/min from {r.Intervals} intervals{(r.Withheld is null ? "" : $", withheld: {r.Withheld}")}"),
        _ => shown.ToString(),
    };

    private static DateTimeOffset Moment(SignalEvent e) => DateTimeOffset.UnixEpoch.AddTicks(e.Place.TimeNs / 100);
}
