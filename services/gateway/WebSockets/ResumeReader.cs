using System.Text.Json;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay.Resume;
using SignalStream.Messaging;

namespace SignalStream.Gateway.WebSockets;

/// <summary>Reads <c>from</c> and <c>after</c> of <c>subscribe</c>.</summary>
internal static class ResumeReader
{
    /// <summary>Longest way back, s: a day, as long as any log of waves may be kept.</summary>
    private const int MostBack = 86_400;

    private const string FromRule = "seconds back, from -86400 to 0, or {\"epoch\":…,\"first\":…} with the last sequences of finding, forecast and alert if wanted, or such a place, or these sequences alone, for each of some streams by name";
    private const string AfterRule = "the last sequence for each of finding, forecast and alert, or of some of them";

    public static CommandError? Read(JsonElement root, IReadOnlyList<Selector> streams, out ResumeCommand? from)
    {
        from = null;
        var after = new Dictionary<SignalType, ulong>();
        if (root.TryGetProperty("after", out var sequences) && (sequences.ValueKind != JsonValueKind.Object || !TryReadAfter(sequences.EnumerateObject(), after)))
            return CommandError.BadField("after", AfterRule);
        var places = new Dictionary<StreamId, ResumePoint>();
        ResumePoint? all = null;
        if (root.TryGetProperty("from", out var given) && !TryReadFrom(given, streams, places, out all))
            return CommandError.BadField("from", FromRule);
        if (all is not null || places.Count > 0 || after.Count > 0)
            from = new ResumeCommand(all, places, after);
        return null;
    }

    private static bool TryReadFrom(
        JsonElement given, IReadOnlyList<Selector> streams, Dictionary<StreamId, ResumePoint> places, out ResumePoint? all)
    {
        all = null;
        if (given.ValueKind == JsonValueKind.Number)
        {
            if (!given.TryGetDouble(out var seconds) || seconds is not (>= -MostBack and <= 0))
                return false;
            all = seconds < 0 ? new ResumePoint(0, 0, TimeSpan.FromSeconds(-seconds), ResumePoint.NoEvents) : null;
            return true;
        }

        if (given.ValueKind != JsonValueKind.Object)
            return false;
        if (given.TryGetProperty("epoch", out _))
            return TryReadPlace(given, out all);
        foreach (var item in given.EnumerateObject())
        {
            if (!StreamId.TryParse(item.Name, out var stream) || !IsAsked(streams, stream) || !TryReadPoint(item.Value, out var place))
                return false;
            places[stream] = place!;
        }

        return true;
    }

    private static bool IsAsked(IReadOnlyList<Selector> streams, StreamId stream) =>
        streams.Any(s => s.Stream is { } named ? named == stream : s.Kind == stream.Kind);

    /// <summary>Streams without waves have no place, only events.</summary>
    private static bool TryReadPoint(JsonElement given, out ResumePoint? point)
    {
        var after = new Dictionary<SignalType, ulong>();
        if (given.ValueKind != JsonValueKind.Object || given.TryGetProperty("epoch", out _) || !TryReadAfter(given.EnumerateObject(), after) || after.Count == 0)
            return TryReadPlace(given, out point);
        point = new ResumePoint(0, 0, null, after);
        return true;
    }

    private static bool TryReadPlace(JsonElement given, out ResumePoint? place)
    {
        place = null;
        var after = new Dictionary<SignalType, ulong>();
        if (given.ValueKind != JsonValueKind.Object || !TryReadAfter(given.EnumerateObject().Where(f => f.Name is not ("epoch" or "first")), after)
            || !given.TryGetProperty("epoch", out var epoch) || !given.TryGetProperty("first", out var first)
            || epoch.ValueKind != JsonValueKind.Number || !epoch.TryGetUInt32(out var number) || number == 0
            || first.ValueKind != JsonValueKind.Number || !first.TryGetUInt64(out var index))
        {
            return false;
        }

        place = new ResumePoint(number, index, null, after);
        return true;
    }

    private static bool TryReadAfter(IEnumerable<JsonProperty> given, Dictionary<SignalType, ulong> after)
    {
        foreach (var item in given)
        {
            if (!Subjects.TryParseType(item.Name, out var type) || type is SignalType.Wave or SignalType.Reading
                || item.Value.ValueKind != JsonValueKind.Number || !item.Value.TryGetUInt64(out var sequence))
            {
                return false;
            }

            after[type] = sequence;
        }

        return true;
    }
}
