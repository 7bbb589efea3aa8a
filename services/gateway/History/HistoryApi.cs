using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using SignalStream.Contracts;
using SignalStream.Gateway.WebSockets;
using SignalStream.Messaging.Catalog;

namespace SignalStream.Gateway.History;

/// <summary>What the logs have of a stream, over HTTP.</summary>
internal static class HistoryApi
{
    public static RouteGroupBuilder MapHistory(this RouteGroupBuilder api)
    {
        api.MapGet("/streams/{stream}/history", HistoryAsync)
            .WithSummary("What a stream's log has: readings, findings, forecasts, alerts or waves, oldest first, as JSON or CSV, streamed.")
            .Produces(StatusCodes.Status200OK, contentType: "application/json", additionalContentTypes: "text/csv").Refusals();
        api.MapGet("/streams/{stream}/trend", TrendAsync)
            .WithSummary("A network target's round trips in columns of equal length: readings, loss and quantiles, and its anomalies.")
            .Produces<TrendText>().Refusals();
        return api;
    }

    private static RouteHandlerBuilder Refusals(this RouteHandlerBuilder route) => route
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status429TooManyRequests).ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> HistoryAsync(
        HttpContext http, string stream, HistoryService service,
        [Description("reading, finding, forecast, alert or wave; left out: readings, of a stream without them waves.")] string? type = null,
        [Description("Event time from which on, RFC 3339 or so long ago (-15m); left out: the last ones.")] string? from = null,
        [Description("Up to when, the same; left out: up to now.")] string? to = null,
        [Description("At most so many; left out: 1,000, with from as many as there are.")] string? limit = null,
        [Description("json or csv.")] string? format = null) => Named(stream, service.Catalog, out var id) ?? await service.HistoryAsync(http, id);

    private static async Task<IResult> TrendAsync(
        HttpContext http, string stream, HistoryService service,
        [Description("Event time from which on, RFC 3339 or so long ago (-15m); left out: -5m.")] string? from = null,
        [Description("Up to when, the same; left out: up to now.")] string? to = null,
        [Description("Length of a column, such as 500ms, 10s or 2m; left out: a three hundredth of the time.")] string? step = null,
        [Description("readings or findings (the windows of 10 s); left out: readings up to an hour, else findings.")] string? source = null) =>
        Named(stream, service.Catalog, out var id) ?? await service.TrendAsync(http, id);

    private static ProblemHttpResult? Named(string stream, CatalogView catalog, out StreamId id)
    {
        if (!StreamId.TryParse(stream, out id))
            return HistoryService.Problem($"{CommandError.Quote(stream)} is no stream name: {StreamId.Rule}.", StatusCodes.Status400BadRequest);
        return catalog.Find(id) is null ? HistoryService.Problem($"{id} is not in the catalog.", StatusCodes.Status404NotFound) : null;
    }
}
