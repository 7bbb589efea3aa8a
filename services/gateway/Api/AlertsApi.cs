using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using SignalStream.Gateway.Relay;
using SignalStream.Gateway.WebSockets;
using SignalStream.Messaging;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.Api;

/// <summary>An alert as <c>/api/v1/alerts</c> tells it.</summary>
/// <param name="Fingerprint">The same in all its states.</param>
/// <param name="Stream">Whose.</param>
/// <param name="Name">What is wrong, one word.</param>
/// <param name="Title">The rule's name; null of those that are built in.</param>
/// <param name="Rule">The rule's id; null of those that are built in.</param>
/// <param name="State"><c>raised</c>, <c>acknowledged</c> or <c>cleared</c>.</param>
/// <param name="Severity"><c>low</c>, <c>medium</c> or <c>high</c>.</param>
/// <param name="Start">ms since the Unix epoch.</param>
/// <param name="End">ms since the Unix epoch; null while it lasts.</param>
/// <param name="Evidence">For people.</param>
/// <param name="Value">The evidence as a number.</param>
/// <param name="Limit">What it was held against.</param>
/// <param name="Unit">Of both.</param>
/// <param name="AcknowledgedBy">Who has seen it; null while nobody has.</param>
internal sealed record AlertInfo(
    string Fingerprint, string Stream, string Name, string? Title, string? Rule, string State, string Severity, double Start, double? End,
    string Evidence, double? Value, double? Limit, string Unit, string? AcknowledgedBy)
{
    public static AlertInfo Of(AlertEvent alert, string? by) => new(
        alert.Fingerprint, alert.Place.Stream.ToString(), alert.Name, alert.Title, alert.Rule,
        EventJson.WordOf(by is not null && alert.State == AlertState.Raised ? AlertState.Acknowledged : alert.State), EventJson.WordOf(alert.Severity),
        EventTime.Milliseconds(alert.StartNs), alert.EndNs is { } endNs ? EventTime.Milliseconds(endNs) : null, alert.Evidence,
        double.IsFinite(alert.Value) ? alert.Value : null, double.IsFinite(alert.Limit) ? alert.Limit : null, alert.Unit, by);
}

/// <summary>What <c>/api/v1/alerts</c> answers.</summary>
/// <param name="Alerts">The newest first.</param>
/// <param name="Left">How many more there are.</param>
internal sealed record AlertList(IReadOnlyList<AlertInfo> Alerts, int Left);

/// <summary>What may stand in the body of an acknowledgement.</summary>
internal sealed record Acknowledgement(string? By);

/// <summary>The last alert of each name of each stream, and acknowledging one.</summary>
internal static class AlertsApi
{
    private const int MostTold = 1000;
    private const int LongestBy = 100;
    private const string Somebody = "somebody";

    public static RouteGroupBuilder MapAlerts(this RouteGroupBuilder api)
    {
        api.MapGet("/alerts", List).WithSummary("The last alert of each name of each stream, the newest first; standing=true: only those that stand.")
            .Produces<AlertList>();
        api.MapPost("/alerts/{fingerprint}/acknowledge", AcknowledgeAsync)
            .WithSummary("Says that somebody has seen an alert that stands. From the gateway's own machine only.")
            .Produces<AlertInfo>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddEndpointFilter<LocalOnly>();
        return api;
    }

    private static JsonHttpResult<AlertList> List(RelayHub hub, bool standing = false)
    {
        var events = hub.LastEvents().OfType<AlertEvent>().ToArray();
        var seen = events.Where(a => a.State == AlertState.Acknowledged).GroupBy(a => a.Fingerprint).ToDictionary(g => g.Key, g => g.First().AcknowledgedBy);
        var alerts = events.Where(a => a.State == AlertState.Raised || (a.State == AlertState.Cleared && !standing))
            .OrderByDescending(a => a.StartNs).ThenBy(a => a.Fingerprint, StringComparer.Ordinal).ToArray();
        var told = alerts.Take(MostTold).Select(a => AlertInfo.Of(a, seen.GetValueOrDefault(a.Fingerprint)));
        return TypedResults.Json(new AlertList([.. told], Math.Max(0, alerts.Length - MostTold)), AlertsJson.Default.AlertList);
    }

    private static async Task<IResult> AcknowledgeAsync(
        RelayHub hub, Acknowledging acknowledging, HttpRequest request, string fingerprint, CancellationToken cancellationToken)
    {
        if (await Writing.ReadAsync(request, cancellationToken) is not { } body)
            return Bad(Writing.TooLong);
        if (!TryRead(body, out var by, out var error))
            return Bad(error);
        var known = hub.LastEvents().OfType<AlertEvent>().Where(a => a.Fingerprint == fingerprint).ToArray();
        if (Array.Find(known, a => a.State == AlertState.Raised) is not { } alert)
            return TypedResults.Problem($"{CommandError.Quote(fingerprint)} is no alert that stands.", statusCode: StatusCodes.Status404NotFound);
        if (Array.Find(known, a => a.State == AlertState.Acknowledged) is { } before)
            return Tell(alert, before.AcknowledgedBy);
        return await Writing.AskAsync(async () => Tell(alert, (await acknowledging.StoreAsync(alert, by, cancellationToken)).AcknowledgedBy));
    }

    private static bool TryRead(byte[] body, out string by, out string error)
    {
        (by, error) = (Somebody, "");
        if (body.Length == 0)
            return true;
        try
        {
            by = JsonSerializer.Deserialize(body, AlertsJson.Default.Acknowledgement)?.By is { Length: > 0 } said ? said : Somebody;
        }
        catch (JsonException exception)
        {
            error = $"{exception.Message} Known is by, a text.";
            return false;
        }

        if (by.Length > LongestBy)
            error = $"by has {by.Length} characters: the most is {LongestBy}.";
        return error.Length == 0;
    }

    private static JsonHttpResult<AlertInfo> Tell(AlertEvent alert, string? by) => TypedResults.Json(AlertInfo.Of(alert, by), AlertsJson.Default.AlertInfo);

    private static ProblemHttpResult Bad(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AlertList))]
[JsonSerializable(typeof(AlertInfo))]
[JsonSerializable(typeof(Acknowledgement))]
internal sealed partial class AlertsJson : JsonSerializerContext;
