using Microsoft.AspNetCore.Http.HttpResults;
using SignalStream.Contracts;
using SignalStream.Gateway.History;
using SignalStream.Gateway.WebSockets;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Settings;

namespace SignalStream.Gateway.Api;

/// <summary>What <c>/api/v1/streams</c> answers.</summary>
internal sealed record StreamList(IReadOnlyList<StreamInfo> Streams);

/// <summary>The catalog over HTTP. Errors are problem details (RFC 9457) that name the value and the rule.</summary>
internal static class StreamsApi
{
    private static readonly Life[] Lives = [Life.Live, Life.Silent, Life.Ended];

    public static WebApplicationBuilder AddApi(this WebApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails();
        builder.Services.AddApiDocument();
        builder.Services.AddSingleton<SettingsStore>();
        builder.Services.AddSingleton<TargetStore>();
        builder.Services.AddSingleton<RuleStore>();
        builder.Services.AddSingleton<Acknowledging>();
        return builder;
    }

    public static WebApplication MapApi(this WebApplication app)
    {
        var api = app.MapGroup("/api/v1");
        app.MapApiDocument();
        api.MapGet("/streams", List).WithSummary("The streams in the catalog, all or those of a kind and a life.")
            .Produces<StreamList>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/streams/{stream}", Find).WithSummary("One stream.")
            .Produces<StreamInfo>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapHistory();
        api.MapHeartSettings();
        api.MapTargets();
        api.MapRules();
        api.MapAlerts();
        api.MapSystem();
        api.MapAnalytics();
        return app;
    }

    private static Results<JsonHttpResult<StreamList>, ProblemHttpResult> List(CatalogView catalog, string? kind = null, string? life = null)
    {
        if (kind is not null && !StreamId.IsToken(kind))
            return Bad($"kind={CommandError.Quote(kind)}: a kind is 1 to {StreamId.MaxTokenLength} of A-Z, a-z, 0-9, _ and -.");
        if (life is not null && !Lives.Any(known => StreamInfo.LifeWord(known) == life))
            return Bad($"life={CommandError.Quote(life)}: {string.Join(", ", Lives.Select(StreamInfo.LifeWord))} are known.");
        var entries = catalog.Snapshot()
            .Where(e => kind is null || e.Stream.Kind == kind)
            .Where(e => life is null || StreamInfo.LifeWord(e.Life) == life);
        return TypedResults.Json(new StreamList([.. entries.Select(e => StreamInfo.Of(e))]), AnswerJson.Default.StreamList);
    }

    private static Results<JsonHttpResult<StreamInfo>, ProblemHttpResult> Find(CatalogView catalog, string stream)
    {
        if (!StreamId.TryParse(stream, out var id))
            return Bad($"{CommandError.Quote(stream)} is no stream name: {StreamId.Rule}.");
        return catalog.Find(id) is { } entry
            ? TypedResults.Json(StreamInfo.Of(entry), AnswerJson.Default.StreamInfo)
            : TypedResults.Problem($"{id} is not in the catalog.", statusCode: StatusCodes.Status404NotFound);
    }

    private static ProblemHttpResult Bad(string detail) =>
        TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);
}
