using System.Globalization;
using System.Text.Json;

namespace SignalStream.Terminal.Events;

/// <summary>The gateway's JSON messages as events.</summary>
internal static class EventReader
{
    private static readonly HashSet<string> Frame = ["type", "stream", "topic", "epoch", "index", "time", "log", "sequence"];

    /// <summary>None for messages that tell of no stream.</summary>
    public static IEnumerable<StreamEvent> Read(JsonElement message) => message.GetProperty("type").GetString() switch
    {
        "event" => Event(message),
        "samples" => Waves(message, 1, Sample),
        "envelope" => Waves(message, 1 << message.GetProperty("scale").GetInt32(), Column),
        "gap" => [Place(message, "missing", "first", Leaves(message.GetProperty("missing"), "missing"))],
        _ => [],
    };

    private static IEnumerable<StreamEvent> Event(JsonElement message)
    {
        foreach (var body in message.EnumerateObject())
        {
            if (!Frame.Contains(body.Name) && body.Value.ValueKind == JsonValueKind.Object)
            {
                yield return Place(message, body.Name, "index", Leaves(body.Value, "")) with
                {
                    Log = message.TryGetProperty("log", out var log) ? log.GetString() : null, // older gateways do not say
                    Sequence = message.TryGetProperty("sequence", out var sequence) ? sequence.GetUInt64() : 0,
                };
            }
        }
    }

    private static StreamEvent Place(JsonElement message, string kind, string indexName, IEnumerable<Field> fields) => new(
        message.GetProperty("time").GetDouble(), message.GetProperty("stream").GetString()!, kind,
        message.GetProperty("epoch").GetInt64(), message.GetProperty(indexName).GetInt64(), [.. fields]);

    /// <param name="message">With values of each channel.</param>
    /// <param name="covers">Samples to an entry.</param>
    /// <param name="entry">The fields of entry i of a channel.</param>
    private static IEnumerable<StreamEvent> Waves(JsonElement message, int covers, Func<JsonElement, int, string, IEnumerable<Field>> entry)
    {
        var first = Place(message, message.GetProperty("type").GetString()!, "first", []);
        var stepMs = covers * 1000 / message.GetProperty("rateHz").GetDouble();
        var channels = message.GetProperty("values").EnumerateArray().ToArray();
        var count = channels.Length == 0 ? 0 : channels[0].GetArrayLength() / (covers == 1 ? 1 : 2);
        for (var i = 0; i < count; i++)
        {
            yield return first with
            {
                TimeMs = first.TimeMs + (i * stepMs),
                Index = first.Index + ((long)i * covers),
                Fields = [.. channels.SelectMany((values, channel) => entry(values, i, channel.ToString(CultureInfo.InvariantCulture)))],
            };
        }
    }

    private static IEnumerable<Field> Sample(JsonElement values, int i, string channel) => [new Field(channel, Text(values[i]))];

    private static IEnumerable<Field> Column(JsonElement values, int i, string channel) =>
        [new Field(channel + ".min", Text(values[2 * i])), new Field(channel + ".max", Text(values[(2 * i) + 1]))];

    private static IEnumerable<Field> Leaves(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(p => Leaves(p.Value, Join(path, p.Name))),
        JsonValueKind.Array => value.EnumerateArray().SelectMany((v, i) => Leaves(v, Join(path, i.ToString(CultureInfo.InvariantCulture)))),
        _ => [new Field(path, Text(value))],
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;

    private static string Text(JsonElement leaf) => leaf.ValueKind switch
    {
        JsonValueKind.String => leaf.GetString()!,
        JsonValueKind.Null => "",
        _ => leaf.GetRawText(),
    };
}
