using System.Text.Json;
using SignalStream.Messaging;

namespace SignalStream.Gateway.WebSockets;

/// <summary>Outlooks of prices and records of models as JSON.</summary>
internal static class MarketJson
{
    public static void Fields(Utf8JsonWriter json, PriceOutlookEvent outlook)
    {
        json.WriteString("model", outlook.MadeBy);
        json.Number("price", outlook.Price);
        json.WriteString("currency", outlook.Currency);
        json.WriteBoolean("simulated", outlook.IsSimulated);
        json.WriteString("trend", Word(outlook.Trend));
        json.Number("confidence", (float)outlook.Confidence);
        json.Number("volatilityScore", (float)outlook.VolatilityScore);
        json.WriteStartObject("indicators");
        foreach (var (name, value) in outlook.Indicators)
            json.Number(name, (float)value);
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
            json.Number("error", horizon.Error);
            json.Number("naiveError", horizon.NaiveError);
            json.Number("covered50", horizon.Covered50);
            json.Number("covered80", horizon.Covered80);
            json.Number("covered90", horizon.Covered90);
            json.Number("brier", horizon.Brier);
            json.Number("baseBrier", horizon.BaseBrier);
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
        json.Number("point", horizon.Point);
        json.Number("rise", (float)horizon.Rise);
        json.WriteStartArray("intervals");
        foreach (var interval in horizon.Intervals)
        {
            json.WriteStartObject();
            json.Number("level", (float)interval.Level);
            json.Number("low", (float)interval.Low);
            json.Number("high", (float)interval.High);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
