using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SignalStream.Messaging.Settings;

/// <summary>What a user sets for a network target: the JSON of the setting <c>latency</c>. Left out, a limit is the default.</summary>
public sealed record LatencyLimits
{
    /// <summary>First word of the setting's keys in the bucket <c>rules</c>.</summary>
    public const string Setting = "latency";

    /// <summary>An alert is raised while the median of the last ten seconds is above it, ms, from 0.01 to 60,000.</summary>
    public double LimitMs { get; set; } = 200;

    /// <summary>Reads and checks the JSON; false with the value and the rule.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out LatencyLimits? limits, [NotNullWhen(false)] out string? error)
    {
        try
        {
            limits = JsonSerializer.Deserialize(json, LatencyJson.Default.LatencyLimits);
            error = limits is null ? "null: an object is wanted." : limits.Broken();
        }
        catch (JsonException exception)
        {
            (limits, error) = (null, $"{exception.Message} Known is limitMs, a number.");
        }

        if (error is not null)
            limits = null;
        return error is null;
    }

    /// <summary>The JSON, all limits said.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, LatencyJson.Default.LatencyLimits);

    private string? Broken() => LimitMs is >= 0.01 and <= 60_000
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"limitMs {LimitMs} must be from 0.01 to 60000.");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(LatencyLimits))]
internal sealed partial class LatencyJson : JsonSerializerContext;
