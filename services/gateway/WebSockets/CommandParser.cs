using System.Numerics;
using System.Text.Json;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay;
using SignalStream.Gateway.Relay.Thinning;
using SignalStream.Messaging;

namespace SignalStream.Gateway.WebSockets;

/// <summary>What became of a text message: a command, or the reason why it is none with the id to answer to.</summary>
internal readonly record struct ParsedCommand(Command? Command, CommandError? Error, JsonElement? Id)
{
    public static implicit operator ParsedCommand(Command command) => new(command, null, command.Id);
}

/// <summary>Reads a viewer's commands strictly: a misspelt field is told, not ignored.</summary>
internal static class CommandParser
{
    private const int MaxIdLength = 64;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };
    private static readonly string Known = "subscribe, unsubscribe, status, get_status, accounts and time are known";
    private static readonly string TypeRule =
        $"a list of one or more of {string.Join(", ", Subjects.Types.Select(Subjects.Token))}";

    /// <summary>Reads one text message. Any bytes give a command or an error.</summary>
    public static ParsedCommand Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            // The id outlives the document's pooled memory.
            return Parse(document.RootElement.Clone());
        }
        catch (JsonException exception)
        {
            return new ParsedCommand(null, CommandError.BadJson($"{exception.Message.TrimEnd('.')}."), null);
        }
        catch (InvalidOperationException)
        {
            // What System.Text.Json says to an escape that is half a character.
            return new ParsedCommand(null, CommandError.BadJson("A string is no valid Unicode."), null);
        }
    }

    private static ParsedCommand Parse(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return new ParsedCommand(null, CommandError.BadJson($"The message is {Describe(root)}."), null);
        if (!TryReadId(root, out var id))
            return new ParsedCommand(null, CommandError.BadField("id", $"a number or a string of at most {MaxIdLength} characters"), null);
        if (!root.TryGetProperty("cmd", out var cmd) || cmd.ValueKind != JsonValueKind.String)
            return new ParsedCommand(null, CommandError.BadJson("There is no \"cmd\", or it is no string."), id);
        return cmd.GetString() switch
        {
            "subscribe" => Subscribe(root, id),
            "unsubscribe" => Unsubscribe(root, id),
            "get_status" => UnknownField(root, "get_status") is { } wrong ? new ParsedCommand(null, wrong, id) : new MarketStatusCommand(id),
            "status" => UnknownField(root, "status") is { } error ? new ParsedCommand(null, error, id) : new StatusCommand(id),
            "accounts" => UnknownField(root, "accounts") is { } error ? new ParsedCommand(null, error, id) : new AccountsCommand(id),
            "time" => Time(root, id),
            var other => new ParsedCommand(null, new CommandError("unknown_command", $"{CommandError.Quote(other!)}: {Known}."), id),
        };
    }

    private static bool TryReadId(JsonElement root, out JsonElement? id)
    {
        id = null;
        if (!root.TryGetProperty("id", out var found))
            return true;
        var fits = found.ValueKind == JsonValueKind.Number
            ? found.GetRawText().Length <= MaxIdLength
            : found.ValueKind == JsonValueKind.String && found.GetString()!.Length <= MaxIdLength;
        id = fits ? found : null;
        return fits;
    }

    private static ParsedCommand Subscribe(JsonElement root, JsonElement? id)
    {
        var types = TypeSet.All;
        Detail? detail = null;
        ResumeCommand? from = null;
        var error = ReadSelectors(root, out var streams);
        error = UnknownField(root, "subscribe", "streams", "types", "maxRate", "columns", "from", "after") ?? error;
        if (error is null && root.TryGetProperty("types", out var given) && !TryReadTypes(given, out types))
            error = CommandError.BadField("types", TypeRule);
        error ??= ReadDetail(root, out detail);
        error ??= ResumeReader.Read(root, streams, out from);
        return error is null ? new SubscribeCommand(id, streams, types, detail, from) : new ParsedCommand(null, error, id);
    }

    private static CommandError? ReadDetail(JsonElement root, out Detail? detail)
    {
        detail = null;
        double? mostHz = null;
        var columns = 1;
        if (root.TryGetProperty("maxRate", out var rate))
        {
            if (rate.ValueKind != JsonValueKind.Number || !rate.TryGetDouble(out var hz) || !(hz > 0 && double.IsFinite(hz)))
                return CommandError.BadField("maxRate", "a number above zero, values a second and channel");
            mostHz = hz;
        }

        if (root.TryGetProperty("columns", out var width)
            && (width.ValueKind != JsonValueKind.Number || !width.TryGetInt32(out columns) || columns is < 1 or > 1 << Columns.MostScale || !BitOperations.IsPow2(columns)))
        {
            return CommandError.BadField("columns", $"samples a column, a power of two up to {1 << Columns.MostScale}; 1 for all samples");
        }

        if (mostHz is not null || columns > 1)
            detail = new Detail(mostHz, BitOperations.Log2((uint)columns));
        return null;
    }

    private static ParsedCommand Unsubscribe(JsonElement root, JsonElement? id)
    {
        var error = ReadSelectors(root, out var streams);
        error = UnknownField(root, "unsubscribe", "streams") ?? error;
        return error is null ? new UnsubscribeCommand(id, streams) : new ParsedCommand(null, error, id);
    }

    private static ParsedCommand Time(JsonElement root, JsonElement? id)
    {
        if (UnknownField(root, "time", "t0") is { } error)
            return new ParsedCommand(null, error, id);
        if (!root.TryGetProperty("t0", out var given) || given.ValueKind != JsonValueKind.Number
            || !given.TryGetDouble(out var t0) || !double.IsFinite(t0))
        {
            return new ParsedCommand(null, CommandError.BadField("t0", "a number, ms by the viewer's clock"), id);
        }

        return new TimeCommand(id, t0);
    }

    private static CommandError? UnknownField(JsonElement root, string command, params ReadOnlySpan<string> known)
    {
        foreach (var field in root.EnumerateObject())
        {
            if (field.Name is not ("cmd" or "id") && !known.Contains(field.Name))
                return new CommandError("unknown_field", $"{CommandError.Quote(field.Name)} is no field of {command}.");
        }

        return null;
    }

    private static CommandError? ReadSelectors(JsonElement root, out IReadOnlyList<Selector> streams)
    {
        var read = new List<Selector>();
        streams = read;
        if (!root.TryGetProperty("streams", out var given) || given.ValueKind != JsonValueKind.Array || given.GetArrayLength() == 0)
            return CommandError.BadField("streams", "a list of one or more names or patterns");
        foreach (var item in given.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
                return new CommandError("bad_stream", $"{Describe(item)}: a stream is a string, {StreamId.Rule}, or a pattern, <kind>.*.");
            if (!Selector.TryParse(item.GetString()!, out var selector))
                return new CommandError("bad_stream", $"{CommandError.Quote(item.GetString()!)}: a stream is {StreamId.Rule}; a pattern is <kind>.*.");
            if (!read.Contains(selector))
                read.Add(selector);
        }

        return null;
    }

    private static bool TryReadTypes(JsonElement given, out TypeSet types)
    {
        types = default;
        if (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() == 0)
            return false;
        var read = new List<SignalType>();
        foreach (var item in given.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || !Subjects.TryParseType(item.GetString(), out var type))
                return false;
            read.Add(type);
        }

        types = TypeSet.Of(read);
        return true;
    }

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
