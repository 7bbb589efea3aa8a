using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Codec;

/// <summary>What kind of value a field of an event has.</summary>
public enum FieldKind
{
    /// <summary>Compared by size.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>One of a few words.</summary>
    Word,

    /// <summary>Any text.</summary>
    Text,
}

/// <summary>How much is known of a field.</summary>
public enum FieldState
{
    /// <summary>There is a value.</summary>
    Known,

    /// <summary>The event speaks of it but does not know it: a rate that is withheld, a time when nothing was answered.</summary>
    Unknown,

    /// <summary>What the event tells is over.</summary>
    Over,

    /// <summary>The event does not speak of it.</summary>
    Absent,
}

/// <summary>A field's value in one event.</summary>
/// <param name="State">How much is known; without a value the others say nothing.</param>
/// <param name="Number">Of a number; 1 or 0 of a boolean.</param>
/// <param name="Text">Of a word or a text.</param>
public readonly record struct FieldValue(FieldState State, double Number, string Text);

/// <summary>Names one field of one body of events: <c>latency_statistics[…].windows[seconds=60].p95_ms</c>.</summary>
/// <remarks>
/// Steps are the names of the protobuf fields. Brackets choose: behind the body, which events are meant, behind a repeated field which
/// element (without them the first). The name of a repeated field may be left out where it is clear: <c>latency_statistics.p95_ms</c>.
/// </remarks>
public sealed partial class FieldPath
{
    /// <summary>What rules make themselves; what stands in no log of events.</summary>
    private static readonly string[] Excluded = ["alert", "probe_reading"];

    private const string UnsetWord = "UNSPECIFIED";

    private static readonly HashSet<string> ToldOnChange =
        [.. Bodies().Where(b => b.MessageType.GetOptions()?.GetExtension(V1.OptionsExtensions.ToldOnChange) == true).Select(b => b.Name)];

    private readonly IReadOnlyList<Step> _steps;
    private readonly FieldDescriptor _field;
    private readonly FieldDescriptor? _end;

    private FieldPath(string text, IReadOnlyList<Step> steps, FieldDescriptor field)
    {
        (Text, _steps, _field) = (text, steps, field);
        var body = steps[0].Field.MessageType;
        _end = body.Fields.InDeclarationOrder().FirstOrDefault(f => f.GetOptions()?.GetExtension(V1.OptionsExtensions.IsEnd) == true);
        IsToldOnChange = IsBodyToldOnChange(steps[0].Field.Name);
        Unit = field.GetOptions()?.GetExtension(V1.OptionsExtensions.Unit) ?? "";
        Label = string.Join(' ', steps.SelectMany(s => s.Choice).Select(c => ChoiceText(c.Field, c.Value)).Prepend(LabelOf(field)));
    }

    /// <summary>A field on the way, and what its elements or events must say.</summary>
    private sealed record Step(FieldDescriptor Field, IReadOnlyList<(FieldDescriptor Field, string Value)> Choice);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Which body of events it is in, such as <c>heart_rate</c>.</summary>
    public string Body => _steps[0].Field.Name;

    /// <summary>What kind of value it has.</summary>
    public FieldKind Kind => KindOf(_field);

    /// <summary>The words that it may be; empty for other kinds.</summary>
    public IReadOnlyList<string> Words => WordsOf(_field);

    /// <summary>Of the value; may be empty.</summary>
    public string Unit { get; }

    /// <summary>What the value is, in a few words for people: <c>95th percentile of round trips over 60 s</c>.</summary>
    public string Label { get; }

    /// <summary>Whether events of this body come only when something changes, so that the last one holds until the next.</summary>
    public bool IsToldOnChange { get; }

    /// <summary>The same of a body.</summary>
    public static bool IsBodyToldOnChange(string body) => ToldOnChange.Contains(body);

    /// <summary>Every field there is, with the names of repeated fields, in the order of the messages.</summary>
    public static IReadOnlyList<FieldPath> All { get; } = [.. Bodies().SelectMany(body => FieldsOf([new Step(body, [])], body.Name))];

    /// <summary>Reads a path; false with the value and the rule, or the names that are possible.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out FieldPath? path, [NotNullWhen(false)] out string? error)
    {
        (path, error) = (null, null);
        if (text.Length > 200 || !Form().IsMatch(text))
        {
            error = $"field {Shorten(text)} must be BODY.FIELD, such as heart_rate.bpm or latency_statistics.windows[seconds=60].p95_ms.";
            return false;
        }

        var words = Steps().Matches(text).Select(m => (Name: m.Groups[1].Value, Choice: m.Groups[2].Value)).ToList();
        var body = Bodies().FirstOrDefault(b => b.Name == words[0].Name);
        if (body is null)
        {
            error = $"field {text}: there is no {words[0].Name}, only {string.Join(", ", Bodies().Select(b => b.Name))}.";
            return false;
        }

        var steps = new List<Step>();
        error = AddStep(steps, body, words[0].Choice);
        for (var i = 1; i < words.Count && error is null; i++)
            error = Walk(steps, words[i], isLast: i == words.Count - 1, text, ref path);
        return error is null;
    }

    /// <summary>Its value in an event.</summary>
    public FieldValue Read(EventBody body)
    {
        if (body.Name != Body || !Suits(body.Message, _steps[0].Choice))
            return new FieldValue(FieldState.Absent, 0, "");
        if (_end is not null && Convert.ToInt64(_end.Accessor.GetValue(body.Message), CultureInfo.InvariantCulture) != 0)
            return new FieldValue(FieldState.Over, 0, "");
        var message = body.Message;
        foreach (var step in _steps.Skip(1))
        {
            var found = step.Field.IsRepeated
                ? ((System.Collections.IList)step.Field.Accessor.GetValue(message)).Cast<IMessage>().FirstOrDefault(m => Suits(m, step.Choice))
                : (IMessage?)step.Field.Accessor.GetValue(message);
            if (found is null)
                return new FieldValue(FieldState.Unknown, 0, "");
            message = found;
        }

        return ValueOf(_field, message);
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static IEnumerable<FieldDescriptor> Bodies() => V1.Event.Descriptor.Oneofs.Single().Fields.Where(f => !Excluded.Contains(f.Name, StringComparer.Ordinal));

    private static IEnumerable<FieldPath> FieldsOf(IReadOnlyList<Step> steps, string name)
    {
        foreach (var field in steps[^1].Field.MessageType.Fields.InFieldNumberOrder())
        {
            if (field.FieldType == FieldType.Message)
            {
                foreach (var inner in FieldsOf([.. steps, new Step(field, [])], $"{name}.{field.Name}"))
                    yield return inner;
            }
            else if (!field.IsRepeated)
            {
                yield return new FieldPath($"{name}.{field.Name}", steps, field);
            }
        }
    }

    private static string? Walk(List<Step> steps, (string Name, string Choice) word, bool isLast, string text, ref FieldPath? path)
    {
        var inside = steps[^1].Field.MessageType;
        var field = inside.FindFieldByName(word.Name);
        if (field is null && inside.Fields.InDeclarationOrder().Where(f => f.IsRepeated && f.MessageType?.FindFieldByName(word.Name) is not null).ToList() is [var repeated])
        {
            steps.Add(new Step(repeated, []));
            field = repeated.MessageType.FindFieldByName(word.Name);
        }

        if (field is null)
            return $"field {text}: {inside.Name} has no {word.Name}, only {NamesIn(inside)}.";
        if (isLast != (field.FieldType != FieldType.Message))
            return isLast ? $"field {text}: {word.Name} is no value; it has {NamesIn(field.MessageType)}." : $"field {text}: {word.Name} is a value, and has no fields.";
        if (!isLast)
            return AddStep(steps, field, word.Choice);
        if (word.Choice.Length > 0)
            return $"field {text}: brackets stand behind a body or a repeated field, not behind the value.";
        path = new FieldPath(text, steps, field);
        return null;
    }

    private static string? AddStep(List<Step> steps, FieldDescriptor field, string choice)
    {
        var chosen = new List<(FieldDescriptor, string)>();
        foreach (var part in choice.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=') is not [var name, var value] || field.MessageType.FindFieldByName(name) is not { } by || by.FieldType == FieldType.Message)
                return $"{field.Name}[{part}]: brackets take FIELD=VALUE of {NamesIn(field.MessageType)}.";
            if (KindOf(by) == FieldKind.Number && !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
                return $"{field.Name}[{part}]: {name} is a number.";
            chosen.Add((by, value));
        }

        steps.Add(new Step(field, chosen));
        return null;
    }

    private static string NamesIn(MessageDescriptor message) => string.Join(", ", message.Fields.InFieldNumberOrder().Select(f => f.Name));

    private static bool Suits(IMessage message, IReadOnlyList<(FieldDescriptor Field, string Value)> choice)
    {
        foreach (var (field, wanted) in choice)
        {
            var value = ValueOf(field, message, isPlain: true);
            // As the wire has it: 0.8 of a float is not 0.8 of a double.
            var isSame = KindOf(field) == FieldKind.Number
                ? (float)value.Number == (float)double.Parse(wanted, NumberStyles.Float, CultureInfo.InvariantCulture)
                : KindOf(field) == FieldKind.Boolean ? (value.Number != 0 ? "true" : "false") == wanted : value.Text == wanted;
            if (!isSame)
                return false;
        }

        return true;
    }

    private static FieldValue ValueOf(FieldDescriptor field, IMessage message, bool isPlain = false)
    {
        var value = field.Accessor.GetValue(message);
        switch (KindOf(field))
        {
            case FieldKind.Boolean:
                return new FieldValue(FieldState.Known, (bool)value ? 1 : 0, "");
            case FieldKind.Word:
                return new FieldValue(FieldState.Known, 0, field.EnumType.FindValueByNumber((int)value) is { } word ? WordOf(word) : "unknown");
            case FieldKind.Text:
                return new FieldValue(FieldState.Known, 0, (string)value);
            default:
                var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
                var isUnknown = !isPlain && (!double.IsFinite(number)
                    || (number == 0 && field.GetOptions()?.GetExtension(V1.OptionsExtensions.ZeroIsUnknown) == true));
                return new FieldValue(isUnknown ? FieldState.Unknown : FieldState.Known, number, "");
        }
    }

    private static FieldKind KindOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Bool => FieldKind.Boolean,
        FieldType.Enum => FieldKind.Word,
        FieldType.String or FieldType.Bytes => FieldKind.Text,
        _ => FieldKind.Number,
    };

    private static IReadOnlyList<string> WordsOf(FieldDescriptor field) =>
        field.FieldType == FieldType.Enum ? [.. field.EnumType.Values.Select(WordOf)] : [];

    /// <summary>BEAT_CLASS_VENTRICULAR_LIKE of BeatClass is ventricular_like.</summary>
    private static string WordOf(EnumValueDescriptor value)
    {
        var prefix = Humps().Replace(value.EnumDescriptor.Name, "_$1").TrimStart('_').ToUpperInvariant() + "_";
        var word = value.Name.StartsWith(prefix, StringComparison.Ordinal) ? value.Name[prefix.Length..] : value.Name;
        return word == UnsetWord ? "unknown" : word.ToLowerInvariant();
    }

    /// <summary>The field's name where none was thought of.</summary>
    private static string LabelOf(FieldDescriptor field) =>
        field.GetOptions()?.GetExtension(V1.OptionsExtensions.Label) is { Length: > 0 } label ? label : field.Name.Replace('_', ' ');

    private static string ChoiceText(FieldDescriptor field, string value) =>
        field.GetOptions()?.GetExtension(V1.OptionsExtensions.Choice) is { Length: > 0 } text
            ? text.Replace("*", value, StringComparison.Ordinal)
            : $"with {LabelOf(field)} {value}";

    private static string Shorten(string text) => text.Length > 80 ? text[..80] + "…" : text;

    [GeneratedRegex(@"^[a-z0-9_]+(\[[^\[\]]*\])?(\.[a-z0-9_]+(\[[^\[\]]*\])?)+$")]
    private static partial Regex Form();

    [GeneratedRegex(@"(?:^|\G\.)([a-z0-9_]+)(?:\[([^\[\]]*)\])?")]
    private static partial Regex Steps();

    [GeneratedRegex("([A-Z])")]
    private static partial Regex Humps();
}
