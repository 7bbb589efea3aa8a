using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using SignalStream.Contracts;
using SignalStream.Gateway.WebSockets;
using SignalStream.Messaging.Settings;

namespace SignalStream.Gateway.Api;

/// <summary>The limits in force for a heart.</summary>
/// <param name="Stream">Whose, or <c>default</c>.</param>
/// <param name="From">Where they are from: <c>stream</c>, <c>default</c> (set for all), or <c>built-in</c>.</param>
/// <param name="TachycardiaBpm">1/min.</param>
/// <param name="BradycardiaBpm">1/min.</param>
/// <param name="AsystoleS">s.</param>
internal sealed record HeartSettings(string Stream, string From, double TachycardiaBpm, double BradycardiaBpm, double AsystoleS)
{
    public static HeartSettings Of(string stream, string from, HeartLimits limits) =>
        new(stream, from, limits.TachycardiaBpm, limits.BradycardiaBpm, limits.AsystoleS);
}

/// <summary>The alarm limits of a heart, or (as the stream <c>default</c>) of all that have none of their own.</summary>
internal static class HeartSettingsApi
{
    private const string ForAll = "default";
    private const string Kind = "ecg";

    public static RouteGroupBuilder MapHeartSettings(this RouteGroupBuilder api)
    {
        api.MapGet("/settings/heart/{stream}", FindAsync);
        api.MapPut("/settings/heart/{stream}", PutAsync).AddEndpointFilter<LocalOnly>();
        api.MapDelete("/settings/heart/{stream}", RemoveAsync).AddEndpointFilter<LocalOnly>();
        return api;
    }

    private static async Task<IResult> FindAsync(SettingsStore store, string stream, CancellationToken cancellationToken) =>
        Refusal(stream, out var id) ?? await Writing.AskAsync(() => TellAsync(store, id, cancellationToken));

    private static async Task<IResult> PutAsync(SettingsStore store, HttpRequest request, string stream, CancellationToken cancellationToken)
    {
        if (Refusal(stream, out var id) is { } refusal)
            return refusal;
        if (await Writing.ReadAsync(request, cancellationToken) is not { } body)
            return Bad(Writing.TooLong);
        if (!HeartLimits.TryParse(body, out var limits, out var error))
            return Bad(error);
        return await Writing.AskAsync(async () =>
        {
            await store.PutAsync(SettingsStore.KeyOf(HeartLimits.Setting, id), limits.ToJson(), cancellationToken);
            return await TellAsync(store, id, cancellationToken);
        });
    }

    private static async Task<IResult> RemoveAsync(SettingsStore store, string stream, CancellationToken cancellationToken) =>
        Refusal(stream, out var id) ?? await Writing.AskAsync(async () =>
        {
            await store.RemoveAsync(SettingsStore.KeyOf(HeartLimits.Setting, id), cancellationToken);
            return await TellAsync(store, id, cancellationToken);
        });

    /// <summary>The stream's own, else those for all, else the built-in ones; a value that breaks a rule counts for nothing.</summary>
    private static async Task<IResult> TellAsync(SettingsStore store, StreamId? id, CancellationToken cancellationToken)
    {
        var stream = id?.ToString() ?? ForAll;
        if (id is not null && await LimitsAsync(id) is { } own)
            return Tell("stream", own);
        return await LimitsAsync(null) is { } all ? Tell(ForAll, all) : Tell("built-in", new HeartLimits());

        async Task<HeartLimits?> LimitsAsync(StreamId? of)
        {
            var json = await store.FindAsync(SettingsStore.KeyOf(HeartLimits.Setting, of), cancellationToken);
            return json is not null && HeartLimits.TryParse(json, out var limits, out _) ? limits : null;
        }

        IResult Tell(string from, HeartLimits limits) =>
            TypedResults.Json(HeartSettings.Of(stream, from, limits), HeartSettingsJson.Default.HeartSettings);
    }

    private static ProblemHttpResult? Refusal(string stream, out StreamId? id)
    {
        id = null;
        if (stream == ForAll)
            return null;
        if (!StreamId.TryParse(stream, out var parsed))
            return Bad($"{CommandError.Quote(stream)} is no stream name: {StreamId.Rule}, or {ForAll}.");
        id = parsed;
        return parsed.Kind == Kind ? null : Bad($"{parsed} is of kind {parsed.Kind}: only streams of kind {Kind} have these limits.");
    }

    private static ProblemHttpResult Bad(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HeartSettings))]
internal sealed partial class HeartSettingsJson : JsonSerializerContext;
