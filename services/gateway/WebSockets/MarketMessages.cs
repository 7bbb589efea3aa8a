using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;

namespace SignalStream.Gateway.WebSockets;

/// <summary>A price's forecast as clients of the older form have it.</summary>
internal sealed record LivePrediction(
    string Symbol, string Timestamp, double PredictedPrice, double CurrentPrice, double PredictedChangePct, double ConfidenceScore,
    string TrendDirection, double VolatilityScore, IReadOnlyList<string> FeaturesUsed, string ModelVersion, double ProcessingTimeMs, bool Simulated)
{
    /// <param name="outlook">One bar ahead is what is told.</param>
    /// <param name="processingMs">From the log having it to its going out here.</param>
    public static LivePrediction Of(PriceOutlookEvent outlook, double processingMs)
    {
        var predicted = outlook.Horizons[0].Point;
        return new LivePrediction(
            outlook.Place.Stream.Id,
            TimeText(outlook.Place.TimeNs),
            predicted,
            outlook.Price,
            100 * ((predicted / outlook.Price) - 1),
            outlook.Confidence,
            MarketJson.Word(outlook.Trend),
            outlook.VolatilityScore,
            [.. outlook.Indicators.Where(i => double.IsFinite(i.Value)).Select(i => i.Key)],
            outlook.MadeBy,
            processingMs,
            outlook.IsSimulated);
    }

    public static string TimeText(long timeNs) =>
        DateTimeOffset.UnixEpoch.AddTicks(timeNs / 100).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}

internal sealed record LivePredictions(string Type, string Timestamp, IReadOnlyList<LivePrediction> Predictions);

internal sealed record MarketStatus(
    string Type, JsonElement? Id, bool Streaming, IReadOnlyList<string> Symbols, double? UpdateInterval, int ClientCount, string? LatestUpdate);

/// <summary>The messages of the older form; <c>?format=json</c> only.</summary>
internal static class MarketMessages
{
    public const string Kind = "market";

    public static byte[]? Initial(IEnumerable<SignalEvent> last, long nowNs)
    {
        var known = last.OfType<PriceOutlookEvent>().Where(IsWhole).OrderBy(o => o.Place.Stream.Id, StringComparer.Ordinal).ToArray();
        return known.Length == 0 ? null : Write("initial_data", known, 0, nowNs);
    }

    public static byte[] Live(PriceOutlookEvent outlook, double processingMs, long nowNs) =>
        Write("live_predictions", [outlook], processingMs, nowNs);

    public static bool IsWhole(PriceOutlookEvent outlook) => outlook.Horizons.Count > 0 && outlook.Price > 0;

    /// <param name="id">Of the question.</param>
    /// <param name="catalog">Live streams of markets are the symbols; their rate is the interval.</param>
    /// <param name="last">The last known events.</param>
    /// <param name="clients">Connected here.</param>
    public static byte[] Status(JsonElement? id, IEnumerable<CatalogEntry> catalog, IEnumerable<SignalEvent> last, int clients)
    {
        var live = catalog.Where(e => e.Stream.Kind == Kind && e.Life == Life.Live).OrderBy(e => e.Stream.Id, StringComparer.Ordinal).ToArray();
        var latest = last.OfType<PriceOutlookEvent>().Select(o => o.Place.TimeNs).DefaultIfEmpty(0).Max();
        var rate = live.Select(e => e.RateHz).FirstOrDefault(r => r > 0);
        return JsonSerializer.SerializeToUtf8Bytes(
            new MarketStatus(
                "status", id, live.Length > 0, [.. live.Select(e => e.Stream.Id)], rate > 0 ? 1 / rate : null, clients,
                latest > 0 ? LivePrediction.TimeText(latest) : null),
            MarketMessagesJson.Default.MarketStatus);
    }

    private static byte[] Write(string type, IEnumerable<PriceOutlookEvent> outlooks, double processingMs, long nowNs) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new LivePredictions(type, LivePrediction.TimeText(nowNs), [.. outlooks.Select(o => LivePrediction.Of(o, processingMs))]),
            MarketMessagesJson.Default.LivePredictions);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(LivePredictions))]
[JsonSerializable(typeof(MarketStatus))]
internal sealed partial class MarketMessagesJson : JsonSerializerContext;
