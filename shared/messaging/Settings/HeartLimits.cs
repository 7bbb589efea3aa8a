using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SignalStream.Messaging.Settings;

/// <summary>What a user sets for the alarms of a heart: the JSON of the setting <c>heart</c>. Left out, a limit is the default.</summary>
/// <remarks>Set, not init: the JSON reader that is generated gives an init property that was left out no default.</remarks>
public sealed record HeartLimits
{
    /// <summary>First word of the setting's keys in the bucket <c>rules</c>.</summary>
    public const string Setting = "heart";

    /// <summary>The alarm is raised above this rate, 1/min, from 60 to 300.</summary>
    public double TachycardiaBpm { get; set; } = 120;

    /// <summary>The alarm is raised below this rate, 1/min, from 15 to 120.</summary>
    public double BradycardiaBpm { get; set; } = 50;

    /// <summary>The alarm is raised after this time without a beat, s, from 2 to 10.</summary>
    public double AsystoleS { get; set; } = 4;

    /// <summary>Reads and checks the JSON; false with the value and the rule.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out HeartLimits? limits, [NotNullWhen(false)] out string? error)
    {
        try
        {
            limits = JsonSerializer.Deserialize(json, SettingsJson.Default.HeartLimits);
            error = limits is null ? "null: an object is wanted." : limits.Broken();
        }
        catch (JsonException exception)
        {
            (limits, error) = (null, $"{exception.Message} Known are tachycardiaBpm, bradycardiaBpm and asystoleS, all numbers.");
        }

        if (error is not null)
            limits = null;
        return error is null;
    }

    /// <summary>The JSON, all limits said.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SettingsJson.Default.HeartLimits);

    private string? Broken() =>
        Outside("tachycardiaBpm", TachycardiaBpm, 60, 300)
        ?? Outside("bradycardiaBpm", BradycardiaBpm, 15, 120)
        ?? Outside("asystoleS", AsystoleS, 2, 10)
        ?? (TachycardiaBpm - BradycardiaBpm < 10
            ? Text($"tachycardiaBpm {TachycardiaBpm} must be at least 10 above bradycardiaBpm {BradycardiaBpm}.")
            : null);

    private static string? Outside(string name, double value, double least, double most) =>
        value >= least && value <= most ? null : Text($"{name} {value} must be from {least} to {most}.");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(HeartLimits))]
[JsonSerializable(typeof(MarketSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
