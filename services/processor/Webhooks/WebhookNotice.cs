using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;

namespace SignalStream.Processor.Webhooks;

/// <summary>What a receiver is sent: the webhook format of Prometheus' Alertmanager, version 4.</summary>
internal sealed record WebhookNotice(
    string Version,
    string GroupKey,
    int TruncatedAlerts,
    string Status,
    string Receiver,
    SortedDictionary<string, string> GroupLabels,
    SortedDictionary<string, string> CommonLabels,
    SortedDictionary<string, string> CommonAnnotations,
    [property: JsonPropertyName("externalURL")] string ExternalUrl,
    IReadOnlyList<NoticedAlert> Alerts)
{
    private const string AlertName = "alertname";

    /// <summary>Alerts of one name.</summary>
    public static WebhookNotice Of(string receiver, string externalUrl, IReadOnlyList<NoticedAlert> alerts)
    {
        var name = alerts[0].Labels[AlertName];
        return new WebhookNotice(
            "4",
            $"{{}}:{{{AlertName}=\"{name.Replace("\"", "\\\"", StringComparison.Ordinal)}\"}}",
            0,
            alerts.Any(a => a.Status == NoticedAlert.Firing) ? NoticedAlert.Firing : NoticedAlert.Resolved,
            receiver,
            new SortedDictionary<string, string>(StringComparer.Ordinal) { [AlertName] = name },
            Common(alerts.Select(a => a.Labels)),
            Common(alerts.Select(a => a.Annotations)),
            externalUrl,
            alerts);
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, NoticeJson.Readable.WebhookNotice);

    private static SortedDictionary<string, string> Common(IEnumerable<SortedDictionary<string, string>> all)
    {
        var common = new SortedDictionary<string, string>(all.First(), StringComparer.Ordinal);
        foreach (var one in all.Skip(1))
        {
            foreach (var (key, value) in common.ToArray())
            {
                if (!one.TryGetValue(key, out var other) || other != value)
                    common.Remove(key);
            }
        }

        return common;
    }
}

/// <summary>One alert in it.</summary>
internal sealed record NoticedAlert(
    string Status,
    SortedDictionary<string, string> Labels,
    SortedDictionary<string, string> Annotations,
    string StartsAt,
    string EndsAt,
    [property: JsonPropertyName("generatorURL")] string GeneratorUrl,
    string Fingerprint)
{
    public const string Firing = "firing";
    public const string Resolved = "resolved";
    private const string Never = "0001-01-01T00:00:00Z";

    /// <param name="alert">As the log has it.</param>
    /// <param name="entry">What the catalog says of its stream; null when it says nothing.</param>
    /// <param name="externalUrl">Where the gateway's page is.</param>
    public static NoticedAlert Of(AlertEvent alert, CatalogEntry? entry, string externalUrl)
    {
        var stream = alert.Place.Stream;
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["alertname"] = alert.Title ?? alert.Name,
            ["stream"] = stream.ToString(),
            ["kind"] = stream.Kind,
            ["severity"] = alert.Severity.ToString().ToLowerInvariant(),
        };
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["summary"] = $"{alert.Title ?? alert.Name}: {LabelOf(entry) ?? stream.ToString()}",
            ["description"] = alert.Evidence,
        };
        if (alert.Rule is { } rule)
            labels["rule"] = rule;
        if (entry is not null)
            labels["simulated"] = entry.Simulated ? "true" : "false";
        if (entry?.Region is { Length: > 0 } region)
            labels["region"] = region;
        if (alert.Unit.Length > 0 || alert.Value != 0)
            annotations["value"] = string.Create(CultureInfo.InvariantCulture, $"{alert.Value:0.####} {alert.Unit}").TrimEnd();
        return new NoticedAlert(
            alert.State == AlertState.Cleared ? Resolved : Firing,
            labels,
            annotations,
            TimeOf(alert.StartNs),
            alert is { State: AlertState.Cleared, EndNs: { } endNs } ? TimeOf(endNs) : Never,
            $"{externalUrl.TrimEnd('/')}/#/alerts?alert={alert.Fingerprint}",
            alert.Fingerprint);
    }

    /// <summary>What is simulated says so, if its label does not already.</summary>
    private static string? LabelOf(CatalogEntry? entry) =>
        entry is { Simulated: true } && !entry.Label.Contains("simulated", StringComparison.OrdinalIgnoreCase) ? $"{entry.Label} (simulated)" : entry?.Label;

    private static string TimeOf(long ns) =>
        DateTimeOffset.UnixEpoch.AddTicks(ns / 100).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WebhookNotice))]
internal sealed partial class NoticeJson : JsonSerializerContext
{
    /// <summary>As Alertmanager writes it: letters as they are.</summary>
    public static NoticeJson Readable { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
