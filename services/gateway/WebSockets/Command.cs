using System.Text.Json;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay;
using SignalStream.Gateway.Relay.Resume;
using SignalStream.Gateway.Relay.Thinning;
using SignalStream.Messaging;

namespace SignalStream.Gateway.WebSockets;

/// <summary>A stream's name, or a pattern for all of a kind.</summary>
/// <param name="Stream">Null for a pattern.</param>
/// <param name="Kind">The stream's, or the pattern's.</param>
internal readonly record struct Selector(StreamId? Stream, string Kind)
{
    /// <summary>Reads <c>kind.id</c> or <c>kind.*</c>.</summary>
    public static bool TryParse(string text, out Selector selector)
    {
        selector = default;
        if (text.EndsWith(".*", StringComparison.Ordinal) && StreamId.IsToken(text.AsSpan(0, text.Length - 2)))
            selector = new Selector(null, text[..^2]);
        else if (StreamId.TryParse(text, out var stream))
            selector = new Selector(stream, stream.Kind);
        return selector.Kind is not null;
    }

    public override string ToString() => Stream?.ToString() ?? $"{Kind}.*";
}

/// <summary>What a viewer asks for.</summary>
/// <param name="Id">Repeated by the answer: a number, a string, or nothing.</param>
internal abstract record Command(JsonElement? Id);

/// <param name="Id">Of the command.</param>
/// <param name="Streams">Names and patterns.</param>
/// <param name="Types">What of them.</param>
/// <param name="Detail">How much of their waves at most; null for all there is.</param>
/// <param name="From">From where on; null for what is live.</param>
internal sealed record SubscribeCommand(JsonElement? Id, IReadOnlyList<Selector> Streams, TypeSet Types, Detail? Detail = null, ResumeCommand? From = null) : Command(Id);

/// <summary>From where on streams are wanted.</summary>
/// <param name="All">Holds for every stream of the command; null when only some have a place.</param>
/// <param name="Places">Of single streams.</param>
/// <param name="After">Sequences of the last events that the viewer has.</param>
internal sealed record ResumeCommand(ResumePoint? All, IReadOnlyDictionary<StreamId, ResumePoint> Places, IReadOnlyDictionary<SignalType, ulong> After)
{
    /// <summary>Null: the stream is wanted live.</summary>
    public ResumePoint? Of(StreamId stream)
    {
        var point = Places.GetValueOrDefault(stream) ?? All;
        if (point is null)
            return After.Count > 0 ? new ResumePoint(0, 0, null, After) : null;
        return point.After.Count > 0 ? point : point with { After = After };
    }
}

internal sealed record UnsubscribeCommand(JsonElement? Id, IReadOnlyList<Selector> Streams) : Command(Id);

internal sealed record StatusCommand(JsonElement? Id) : Command(Id);

internal sealed record AccountsCommand(JsonElement? Id) : Command(Id);

/// <summary>The older form's question for the state of the market.</summary>
internal sealed record MarketStatusCommand(JsonElement? Id) : Command(Id);

/// <param name="Id">Of the command.</param>
/// <param name="T0">When the viewer sent it, by its own clock, ms.</param>
internal sealed record TimeCommand(JsonElement? Id, double T0) : Command(Id);

/// <summary>Why a command is refused: the value and the rule.</summary>
internal sealed record CommandError(string Code, string Message)
{
    public static CommandError BadJson(string why) => new("bad_json", $"{why} A message is one JSON object with \"cmd\".");

    public static CommandError BadField(string name, string rule) => new("bad_field", $"\"{name}\": {rule}.");

    public static CommandError TooLong(int bytes, int most) => new("too_long", $"{bytes} bytes: a command has at most {most}.");

    public static CommandError TooMany(string what, int count, int most) => new("too_many", $"{count} {what}: a connection has at most {most}.");

    public static CommandError TooFast(int perSecond) => new("too_fast", $"A connection has at most {perSecond} commands a second.");

    public static CommandError UnknownStream(string name, string rule) => new("unknown_stream", $"{name} {rule}.");

    /// <summary>A value that somebody sent, fit for a message.</summary>
    public static string Quote(string value) => $"\"{(value.Length > 80 ? value[..80] + "…" : value)}\"";
}
