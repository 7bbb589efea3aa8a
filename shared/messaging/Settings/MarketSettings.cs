using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace SignalStream.Messaging.Settings;

/// <summary>What a user sets for the forecasts of a price: the JSON of the setting <c>market</c>.</summary>
public sealed record MarketSettings
{
    /// <summary>First word of the setting's keys in the bucket <c>rules</c>.</summary>
    public const string Setting = "market";

    /// <summary>Name and version of the model whose forecasts are shown; empty: the built-in one.</summary>
    public string Model { get; set; } = "";

    /// <summary>Reads the JSON; false with the reason. Whether there is such a model is not known here.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out MarketSettings? settings, [NotNullWhen(false)] out string? error)
    {
        try
        {
            settings = JsonSerializer.Deserialize(json, SettingsJson.Default.MarketSettings);
            error = settings is null ? "null: an object is wanted." : null;
        }
        catch (JsonException exception)
        {
            (settings, error) = (null, $"{exception.Message} Known is model, a string.");
        }

        return error is null && settings is not null;
    }

    /// <summary>The JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SettingsJson.Default.MarketSettings);
}
