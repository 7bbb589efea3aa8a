using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using SignalStream.Gateway.WebSockets;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Settings;

namespace SignalStream.Gateway.Api;

/// <summary>An alert rule as <c>/api/v1/rules</c> tells it.</summary>
/// <param name="Id">Its key.</param>
/// <param name="BuiltIn">Nobody has written it: it came with the program.</param>
/// <param name="Name">For people.</param>
/// <param name="Stream"><c>ecg.bed-1</c>, <c>net.*</c> or <c>*</c>.</param>
/// <param name="Field">What is looked at.</param>
/// <param name="Compare"><c>&gt;</c>, <c>&gt;=</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>==</c> or <c>!=</c>.</param>
/// <param name="Threshold">As the field has it.</param>
/// <param name="ForS">For how long it must hold, s.</param>
/// <param name="Clear">Where it is over; null: at the threshold.</param>
/// <param name="Severity"><c>low</c>, <c>medium</c> or <c>high</c>.</param>
/// <param name="NoDataS">It is over when nothing was heard for so long, s.</param>
/// <param name="Enabled">It is judged.</param>
/// <param name="FieldLabel">The field in words.</param>
/// <param name="Unit">Of the field, and so of the threshold; may be empty.</param>
internal sealed record RuleInfo(
    string Id, bool BuiltIn, string Name, string Stream, string Field, string Compare, JsonElement Threshold,
    double ForS, double? Clear, string Severity, double NoDataS, bool Enabled, string FieldLabel, string Unit)
{
    public static RuleInfo Of(string id, RuleDefinition rule, bool isBuiltIn) => new(
        id, isBuiltIn, rule.Name ?? id, rule.Stream, rule.Field, rule.Compare, rule.Threshold,
        rule.ForS, rule.Clear, rule.Severity, rule.NoDataS, rule.Enabled, rule.Path.Label, rule.Path.Unit);
}

/// <summary>What <c>/api/v1/rules</c> answers.</summary>
internal sealed record RuleList(IReadOnlyList<RuleInfo> Rules);

/// <summary>A field that a rule may look at.</summary>
/// <param name="Field">Its name.</param>
/// <param name="Label">What it is, in words.</param>
/// <param name="Kind"><c>number</c>, <c>boolean</c>, <c>word</c> or <c>text</c>.</param>
/// <param name="Words">What a word may be.</param>
/// <param name="Unit">May be empty.</param>
internal sealed record FieldInfo(string Field, string Label, string Kind, IReadOnlyList<string> Words, string Unit);

/// <summary>What <c>/api/v1/fields</c> answers.</summary>
internal sealed record FieldList(IReadOnlyList<FieldInfo> Fields);

/// <summary>Users' alert rules.</summary>
internal static class RulesApi
{
    private static readonly FieldList Fields =
        new([.. FieldPath.All.Select(f => new FieldInfo(f.Text, f.Label, f.Kind.ToString().ToLowerInvariant(), f.Words, f.Unit))]);

    public static RouteGroupBuilder MapRules(this RouteGroupBuilder api)
    {
        api.MapGet("/fields", () => TypedResults.Json(Fields, RulesJson.Readable.FieldList))
            .WithSummary("The fields of findings and forecasts that a rule may look at.").Produces<FieldList>();
        api.MapGet("/rules", ListAsync).WithSummary("The alert rules, built-in ones too.").Produces<RuleList>();
        api.MapGet("/rules/{id}", FindAsync).WithSummary("One alert rule.")
            .Produces<RuleInfo>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPut("/rules/{id}", PutAsync).WithSummary("Adds or changes an alert rule. From the gateway's own machine only.")
            .Produces<RuleInfo>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden)
            .AddEndpointFilter<LocalOnly>();
        api.MapDelete("/rules/{id}", RemoveAsync)
            .WithSummary("Removes an alert rule; a built-in one is then as it was. From the gateway's own machine only.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddEndpointFilter<LocalOnly>();
        return api;
    }

    private static async Task<IResult> ListAsync(RuleStore store, CancellationToken cancellationToken) => await Writing.AskAsync(async () =>
    {
        var rules = await store.ListAsync(cancellationToken);
        return TypedResults.Json(new RuleList([.. rules.Select(r => RuleInfo.Of(r.Key, r.Value.Rule, r.Value.IsBuiltIn))]), RulesJson.Readable.RuleList);
    });

    private static async Task<IResult> FindAsync(RuleStore store, string id, CancellationToken cancellationToken) =>
        Refusal(id) ?? await Writing.AskAsync(async () =>
            await store.FindAsync(id, cancellationToken) is var (rule, isBuiltIn) ? Tell(id, rule, isBuiltIn) : Missing(id));

    private static async Task<IResult> PutAsync(RuleStore store, HttpRequest request, string id, CancellationToken cancellationToken)
    {
        if (Refusal(id) is { } refusal)
            return refusal;
        if (await Writing.ReadAsync(request, cancellationToken) is not { } body)
            return Bad(Writing.TooLong);
        if (!RuleDefinition.TryParse(body, out var rule, out var error))
            return Bad(error);
        return await Writing.AskAsync(async () =>
            await store.TryPutAsync(id, rule, cancellationToken) is { } reason ? Bad(reason) : Tell(id, rule, isBuiltIn: false));
    }

    private static async Task<IResult> RemoveAsync(RuleStore store, string id, CancellationToken cancellationToken) =>
        Refusal(id) ?? await Writing.AskAsync(async Task<IResult> () =>
            await store.RemoveAsync(id, cancellationToken) ? TypedResults.NoContent() : Missing(id));

    private static ProblemHttpResult? Refusal(string id) =>
        RuleDefinition.IsId(id) ? null : Bad($"{CommandError.Quote(id)} is no rule's id: 1 to 48 of a-z, 0-9, _ and -, and not default.");

    private static JsonHttpResult<RuleInfo> Tell(string id, RuleDefinition rule, bool isBuiltIn) =>
        TypedResults.Json(RuleInfo.Of(id, rule, isBuiltIn), RulesJson.Readable.RuleInfo);

    private static ProblemHttpResult Missing(string id) =>
        TypedResults.Problem($"{id} is no rule in the bucket.", statusCode: StatusCodes.Status404NotFound);

    private static ProblemHttpResult Bad(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RuleList))]
[JsonSerializable(typeof(RuleInfo))]
[JsonSerializable(typeof(FieldList))]
internal sealed partial class RulesJson : JsonSerializerContext
{
    /// <summary>For people at a terminal too: &gt; stays &gt;. It is never put into a page as it is.</summary>
    public static RulesJson Readable { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
