using System.Text.Json;
using SignalStream.Messaging;

namespace SignalStream.Gateway.WebSockets;

/// <summary>Outlooks of prices and records of models as JSON.</summary>
internal static class MarketJson
{
    public static void Fields(Utf8JsonWriter json, PriceOutlookEvent outlook)
    {
        json.WriteString("model", outlook.MadeBy);
        Number(json, "price", outlook.Price);
        json.WriteString("currency", outlook.Currency);
        json.WriteBoolean("simulated", outlook.IsSimulated);
        json.WriteString("trend", Word(outlook.Trend));
        Number(json, "confidence", (float)outlook.Confidence);
        Number(json, "volatilityScore", (float)outlook.VolatilityScore);
        json.WriteStartObject("indicators");
        foreach (var (name, value) in outlook.Indicators)
            Number(json, name, (float)value);
        json.WriteEndObject();
        json.WriteStartArray("horizons");
        foreach (var horizon in outlook.Horizons)
            Write(json, horizon);
        json.WriteEndArray();
    }

    public static void Fields(Utf8JsonWriter json, ModelRecordEvent record)
    {
        json.WriteString("model", record.MadeBy);
        json.WriteBoolean("shown", record.IsShown);
        json.WriteStartArray("horizons");
        foreach (var horizon in record.Horizons)
        {
            json.WriteStartObject();
            json.WriteNumber("steps", horizon.Steps);
            json.WriteNumber("outcomes", horizon.Outcomes);
            Number(json, "error", horizon.Error);
            Number(json, "naiveError", horizon.NaiveError);
            Number(json, "covered50", horizon.Covered50);
            Number(json, "covered80", horizon.Covered80);
            Number(json, "covered90", horizon.Covered90);
            Number(json, "brier", horizon.Brier);
            Number(json, "baseBrier", horizon.BaseBrier);
            json.WriteNumber("moves", horizon.Moves);
            json.WriteNumber("hits", horizon.Hits);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>As clients of the older form have it: in capitals.</summary>
    public static string Word(PriceTrend trend) => trend switch
    {
        PriceTrend.Bullish => "BULLISH",
        PriceTrend.Bearish => "BEARISH",
        PriceTrend.Overbought => "OVERBOUGHT",
        PriceTrend.Oversold => "OVERSOLD",
        _ => "NEUTRAL",
    };

    private static void Write(Utf8JsonWriter json, OutlookHorizon horizon)
    {
        json.WriteStartObject();
        json.WriteNumber("steps", horizon.Steps);
        Number(json, "point", horizon.Point);
        Number(json, "rise", (float)horizon.Rise);
        json.WriteStartArray("intervals");
        foreach (var interval in horizon.Intervals)
        {
            json.WriteStartObject();
            Number(json, "level", (float)interval.Level);
            Number(json, "low", (float)interval.Low);
            Number(json, "high", (float)interval.High);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // JSON knows no NaN and no infinity; a float written as such stays 0.8.
    private static void Number(Utf8JsonWriter json, string name, float value)
    {
        if (float.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
