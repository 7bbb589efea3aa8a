using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SignalStream.Contracts;
using SignalStream.Messaging.Codec;

namespace SignalStream.Messaging.Settings;

/// <summary>A user's alert rule: the JSON of a key <c>rule.ID</c> of the bucket <c>rules</c>.</summary>
/// <remarks>Set, not init: the JSON reader that is generated gives an init property that was left out no default.</remarks>
public sealed partial record RuleDefinition
{
    /// <summary>First word of the keys in the bucket <c>rules</c>; the list that capabilities follow as <c>rule.*</c>.</summary>
    public const string Setting = "rule";

    /// <summary>Longest JSON of a rule, bytes.</summary>
    public const int MostBytes = 1024;

    private const int LongestName = 100;

    private FieldPath? _path;

    /// <summary>Rules that are in force until somebody writes one of the same id.</summary>
    public static IReadOnlyDictionary<string, RuleDefinition> BuiltIn { get; } = new Dictionary<string, RuleDefinition>
    {
        ["latency"] = Checked(new RuleDefinition
        {
            Name = "Latency",
            Stream = "net.*",
            Field = "latency_statistics.windows[seconds=10].p50_ms",
            Threshold = JsonSerializer.SerializeToElement(200.0, RuleJson.Default.Double),
            Clear = 180,
            ForS = 1,
        }),
    };

    /// <summary>For people; the id when left out.</summary>
    public string? Name { get; set; }

    /// <summary>Of which streams: <c>ecg.bed-1</c>, <c>net.*</c> or <c>*</c>.</summary>
    public string Stream { get; set; } = StreamPattern.All;

    /// <summary>What is looked at, such as <c>heart_rate.bpm</c>; see <see cref="FieldPath"/>.</summary>
    public string Field { get; set; } = "";

    /// <summary><c>&gt;</c>, <c>&gt;=</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>==</c> or <c>!=</c>.</summary>
    public string Compare { get; set; } = ">";

    /// <summary>A number, true or false, or a word, as the field has it.</summary>
    public JsonElement Threshold { get; set; }

    /// <summary>For how long it must hold before an alert is raised, s, from 0 to 86,400.</summary>
    public double ForS { get; set; }

    /// <summary>The alert is over at this value, on the other side of the threshold; left out: at the threshold.</summary>
    public double? Clear { get; set; }

    /// <summary><c>low</c>, <c>medium</c> or <c>high</c>.</summary>
    public string Severity { get; set; } = "medium";

    /// <summary>The alert is over when nothing was heard for so long, s, from 5 to 3,000.</summary>
    public double NoDataS { get; set; } = 300;

    /// <summary>Whether it is judged.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The field, read.</summary>
    [JsonIgnore]
    public FieldPath Path => _path ?? throw new InvalidOperationException("The rule was not checked.");

    /// <summary>The severity of its alerts.</summary>
    [JsonIgnore]
    public AlertSeverity AlertSeverity => Severity switch
    {
        "low" => AlertSeverity.Low,
        "high" => AlertSeverity.High,
        _ => AlertSeverity.Medium,
    };

    /// <summary>The threshold as a number; 0 for words.</summary>
    [JsonIgnore]
    public double Limit => Threshold.ValueKind switch
    {
        JsonValueKind.Number => Threshold.GetDouble(),
        JsonValueKind.True => 1,
        _ => 0,
    };

    /// <summary>Whether an id may name a rule: 1 to 48 of a-z, 0-9, _ and -, and not <c>default</c>.</summary>
    public static bool IsId(string id) => id.Length is > 0 and <= 48 && id != "default" && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-');

    /// <summary>Reads and checks the JSON; false with the value and the rule.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, [NotNullWhen(true)] out RuleDefinition? rule, [NotNullWhen(false)] out string? error)
    {
        rule = null;
        try
        {
            rule = JsonSerializer.Deserialize(json, RuleJson.Default.RuleDefinition);
            error = rule is null ? "null: an object is wanted." : rule.Broken();
            if (error is null && rule!.ToJson().Length > MostBytes)
                error = $"the rule has {rule.ToJson().Length} bytes of JSON: the most is {MostBytes}.";
        }
        catch (JsonException exception)
        {
            error = $"{exception.Message} Known are name, stream, field, compare, threshold, forS, clear, severity, noDataS and enabled.";
        }

        if (error is not null)
            rule = null;
        return error is null;
    }

    /// <summary>The JSON, everything said.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RuleJson.Default.RuleDefinition);

    /// <summary>Whether it is about a stream.</summary>
    public bool Matches(StreamId stream) => StreamPattern.Matches(Stream, stream);

    /// <summary>Whether a value is what the rule is about.</summary>
    public bool Holds(in FieldValue value) => Holds(value, Limit);

    /// <summary>Whether a value ends the alert: no longer beyond <see cref="Clear"/>.</summary>
    public bool IsOver(in FieldValue value) => !Holds(value, Clear ?? Limit);

    private static RuleDefinition Checked(RuleDefinition rule) => rule.Broken() is { } error ? throw new InvalidOperationException(error) : rule;

    private bool Holds(in FieldValue value, double limit)
    {
        if (Path.Kind is FieldKind.Word or FieldKind.Text)
            return value.Text == Threshold.GetString() == (Compare == "==");
        return Compare switch
        {
            ">" => value.Number > limit,
            ">=" => value.Number >= limit,
            "<" => value.Number < limit,
            "<=" => value.Number <= limit,
            "==" => value.Number == limit,
            _ => value.Number != limit,
        };
    }

    private string? Broken()
    {
        if (Name?.Length > LongestName)
            return $"name has {Name.Length} characters: the most is {LongestName}.";
        if (!StreamPattern.IsPattern(Stream))
            return $"stream {Stream} must be {StreamPattern.Rule}.";
        if (!FieldPath.TryParse(Field, out _path, out var error))
            return error;
        if (Compare is not (">" or ">=" or "<" or "<=" or "==" or "!="))
            return $"compare {Compare} must be >, >=, <, <=, == or !=.";
        return BrokenThreshold()
            ?? Outside("forS", ForS, 0, 86_400)
            ?? Outside("noDataS", NoDataS, 5, 3_000)
            ?? (Severity is "low" or "medium" or "high" ? null : $"severity {Severity} must be low, medium or high.");
    }

    private string? BrokenThreshold()
    {
        var kind = Path.Kind;
        var isOrdered = Compare is not ("==" or "!=");
        if (kind != FieldKind.Number && isOrdered)
            return $"compare {Compare}: {Field} is no number, it takes == or !=.";
        if (BrokenKind(kind) is { } broken)
            return broken;
        return Clear is { } clear && (!isOrdered || !double.IsFinite(clear) || (Compare[0] == '>' ? clear > Limit : clear < Limit))
            ? string.Create(CultureInfo.InvariantCulture, $"clear {clear} must be on the other side of threshold {Limit} for {Compare}, and there is none for == and !=.")
            : null;
    }

    private string? BrokenKind(FieldKind kind)
    {
        var said = Threshold.ValueKind == JsonValueKind.Undefined ? "(left out)" : Threshold.ToString();
        return kind switch
        {
            FieldKind.Number when Threshold.ValueKind != JsonValueKind.Number || !double.IsFinite(Limit) => $"threshold {said} must be a number, as {Field} is.",
            FieldKind.Boolean when Threshold.ValueKind is not (JsonValueKind.True or JsonValueKind.False) => $"threshold {said} must be true or false, as {Field} is.",
            FieldKind.Word when Threshold.ValueKind != JsonValueKind.String || !Path.Words.Contains(Threshold.GetString()!) =>
                $"threshold {said} must be one of {string.Join(", ", Path.Words)}.",
            FieldKind.Text when Threshold.ValueKind != JsonValueKind.String => $"threshold {said} must be a text, as {Field} is.",
            _ => null,
        };
    }

    private static string? Outside(string name, double value, double least, double most) => value >= least && value <= most
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{name} {value} must be from {least} to {most}.");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RuleDefinition))]
[JsonSerializable(typeof(double))]
internal sealed partial class RuleJson : JsonSerializerContext;
