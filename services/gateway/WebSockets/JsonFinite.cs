using System.Text.Json;

namespace SignalStream.Gateway.WebSockets;

/// <summary>JSON knows no NaN and no infinity: there is no value then.</summary>
internal static class JsonFinite
{
    public static void Number(this Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    /// <summary>A float written as such stays 0.8.</summary>
    public static void Number(this Utf8JsonWriter json, string name, float value)
    {
        if (float.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
