using System.Net;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using SignalStream.Contracts;
using SignalStream.Gateway.WebSockets;
using SignalStream.Messaging.Settings;

namespace SignalStream.Gateway.Api;

/// <summary>A network target as <c>/api/v1/targets</c> tells it.</summary>
/// <param name="Id">Its key; its readings are the stream <c>net.ID</c>.</param>
/// <param name="Label">For people; null: the id.</param>
/// <param name="Region">May be empty.</param>
/// <param name="Probe"><c>icmp</c>, <c>tcp</c>, <c>udp</c>, <c>http</c> or <c>dns</c>.</param>
/// <param name="Address">In the probe's form.</param>
/// <param name="IntervalMs">From one probe to the next.</param>
/// <param name="TimeoutMs">From when on a probe is lost.</param>
/// <param name="PayloadBytes">That icmp and udp carry.</param>
/// <param name="HttpVersion"><c>1.1</c>, <c>2</c> or <c>3</c> where one is chosen for http.</param>
internal sealed record TargetInfo(
    string Id, string? Label, string Region, string Probe, string Address, double IntervalMs, double TimeoutMs, int PayloadBytes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? HttpVersion)
{
    public static TargetInfo Of(string id, TargetDefinition target) =>
        new(id, target.Label, target.Region, target.Probe, target.Address, target.IntervalMs, target.TimeoutMs, target.PayloadBytes, target.HttpVersion);
}

/// <summary>What <c>/api/v1/targets</c> answers.</summary>
internal sealed record TargetList(IReadOnlyList<TargetInfo> Targets);

/// <summary>The targets that people edit. Those of a producer's configuration are in the catalog only.</summary>
internal static class TargetsApi
{
    public static RouteGroupBuilder MapTargets(this RouteGroupBuilder api)
    {
        api.MapGet("/targets", ListAsync).WithSummary("The network targets in the bucket.").Produces<TargetList>();
        api.MapGet("/targets/{id}", FindAsync).WithSummary("One network target.")
            .Produces<TargetInfo>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPut("/targets/{id}", PutAsync).WithSummary("Adds or changes a network target. From the gateway's own machine only.")
            .Produces<TargetInfo>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden)
            .AddEndpointFilter<LocalOnly>();
        api.MapDelete("/targets/{id}", RemoveAsync).WithSummary("Removes a network target. From the gateway's own machine only.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddEndpointFilter<LocalOnly>();
        return api;
    }

    private static async Task<IResult> ListAsync(TargetStore store, CancellationToken cancellationToken) => await Writing.AskAsync(async () =>
    {
        var targets = await store.ListAsync(cancellationToken);
        return TypedResults.Json(new TargetList([.. targets.Select(t => TargetInfo.Of(t.Key, t.Value))]), TargetsJson.Default.TargetList);
    });

    private static async Task<IResult> FindAsync(TargetStore store, string id, CancellationToken cancellationToken) =>
        Refusal(id) ?? await Writing.AskAsync(async () => await store.FindAsync(id, cancellationToken) is { } target ? Tell(id, target) : Missing(id));

    private static async Task<IResult> PutAsync(TargetStore store, HttpRequest request, string id, CancellationToken cancellationToken)
    {
        if (Refusal(id) is { } refusal)
            return refusal;
        if (await Writing.ReadAsync(request, cancellationToken) is not { } body)
            return Bad(Writing.TooLong);
        if (!TargetDefinition.TryParse(body, out var target, out var error))
            return Bad(error);
        if (Forbidden(target) is { } forbidden)
            return Bad(forbidden);
        return await Writing.AskAsync(async () =>
        {
            await store.PutAsync(id, target, cancellationToken);
            return Tell(id, target);
        });
    }

    private static async Task<IResult> RemoveAsync(TargetStore store, string id, CancellationToken cancellationToken) =>
        Refusal(id) ?? await Writing.AskAsync(async Task<IResult> () =>
        {
            if (await store.FindAsync(id, cancellationToken) is null)
                return Missing(id);
            await store.RemoveAsync(id, cancellationToken);
            return TypedResults.NoContent();
        });

    /// <summary>An address that no producer ever probes. Names, and whether private ones are allowed, are the producers' to judge.</summary>
    private static string? Forbidden(TargetDefinition target) =>
        TargetAddress.TryParse(target.Kind, target.Address, out var address, out _) && IPAddress.TryParse(address.Host, out var literal)
            ? AddressRules.Refusal(literal, allowPrivate: true)
            : null;

    private static ProblemHttpResult? Refusal(string id) =>
        StreamId.IsToken(id) ? null : Bad($"{CommandError.Quote(id)} is no target's id: 1 to {StreamId.MaxTokenLength} of A-Z, a-z, 0-9, _ and -.");

    private static JsonHttpResult<TargetInfo> Tell(string id, TargetDefinition target) =>
        TypedResults.Json(TargetInfo.Of(id, target), TargetsJson.Default.TargetInfo);

    private static ProblemHttpResult Missing(string id) =>
        TypedResults.Problem($"{id} is no target in the bucket.", statusCode: StatusCodes.Status404NotFound);

    private static ProblemHttpResult Bad(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TargetList))]
[JsonSerializable(typeof(TargetInfo))]
internal sealed partial class TargetsJson : JsonSerializerContext;
