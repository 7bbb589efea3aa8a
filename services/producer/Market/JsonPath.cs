using System.Globalization;
using System.Text.Json;

namespace SignalStream.Producer.Market;

/// <summary>Finds a value in a JSON document: names and [places], joined by dots, as in <c>chart.result[0].price</c>.</summary>
internal static class JsonPath
{
    /// <summary>The value there; null when a part is missing.</summary>
    public static JsonElement? Find(JsonElement root, string path)
    {
        var at = root;
        foreach (var part in path.TrimStart('$').Replace("[", ".[", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryStep(ref at, part))
                return null;
        }

        return at;
    }

    /// <summary>A number, also one that stands in quotes; null when there is none.</summary>
    public static double? Number(JsonElement root, string path)
    {
        if (path.Length == 0 || Find(root, path) is not { } found)
            return null;
        return found.ValueKind switch
        {
            JsonValueKind.Number => found.TryGetDouble(out var number) ? number : null,
            JsonValueKind.String => double.TryParse(found.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ => null,
        };
    }

    private static bool TryStep(ref JsonElement at, string part)
    {
        if (part is ['[', .. var place, ']'] && int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            if (at.ValueKind != JsonValueKind.Array || index >= at.GetArrayLength())
                return false;
            at = at[index];
            return true;
        }

        return at.ValueKind == JsonValueKind.Object && at.TryGetProperty(part, out at);
    }
}
