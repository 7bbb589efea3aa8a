using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using SignalStream.Gateway.Relay;
using SignalStream.Messaging;
using SignalStream.Signal.Forecasting;

namespace SignalStream.Gateway.Api;

/// <summary>What <c>/api/v1/analytics</c> answers: the models and how their forecasts have come true, stream by stream.</summary>
internal sealed record Analytics(IReadOnlyList<StreamAnalytics> Streams);

internal sealed record StreamAnalytics(string Stream, IReadOnlyList<ModelAnalytics> Models);

/// <param name="Model">Name and version.</param>
/// <param name="Shown">Its forecasts are the published ones.</param>
/// <param name="Time">Up to when, ms since the Unix epoch.</param>
/// <param name="Horizons">Nearest first.</param>
internal sealed record ModelAnalytics(string Model, bool Shown, double Time, IReadOnlyList<HorizonAnalytics> Horizons);

/// <param name="Steps">How far ahead.</param>
/// <param name="Outcomes">Forecasts whose outcome came.</param>
/// <param name="Skill">1 − error / error of the last value.</param>
/// <param name="Error">Mean absolute error, in the stream's unit.</param>
/// <param name="NaiveError">Of the last value.</param>
/// <param name="Covered50">Share of outcomes in the 50 % interval.</param>
/// <param name="Covered80">In the 80 % interval.</param>
/// <param name="Covered90">In the 90 % interval.</param>
/// <param name="BrierSkill">1 − Brier score / that of the share of rises; null where no probability is given.</param>
/// <param name="Moves">Outcomes that differed from the last value.</param>
/// <param name="HitRate">Share of these in the direction that was more probable; null without any.</param>
/// <param name="HitRateLow">Its 95 % interval after Wilson. Overlapping outcomes, steps above 1, make it too narrow.</param>
/// <param name="HitRateHigh">Upper end.</param>
internal sealed record HorizonAnalytics(
    int Steps, ulong Outcomes, double? Skill, double Error, double NaiveError, double Covered50, double Covered80, double Covered90,
    double? BrierSkill, ulong Moves, double? HitRate, double? HitRateLow, double? HitRateHigh);

internal static class AnalyticsApi
{
    public static RouteGroupBuilder MapAnalytics(this RouteGroupBuilder api)
    {
        api.MapGet("/analytics", Tell);
        return api;
    }

    internal static HorizonAnalytics Of(in RecordHorizon h)
    {
        var interval = HitRate.Interval((long)h.Hits, (long)h.Moves);
        var hasMoves = h.Moves > 0;
        return new HorizonAnalytics(
            h.Steps, h.Outcomes, h.NaiveError > 0 ? 1 - (h.Error / h.NaiveError) : null, h.Error, h.NaiveError,
            h.Covered50, h.Covered80, h.Covered90,
            h.BaseBrier > 0 ? 1 - (h.Brier / h.BaseBrier) : null,
            h.Moves, hasMoves ? (double)h.Hits / h.Moves : null, hasMoves ? interval.Low : null, hasMoves ? interval.High : null);
    }

    private static JsonHttpResult<Analytics> Tell(RelayHub hub)
    {
        var streams = hub.LastEvents().OfType<ModelRecordEvent>()
            .GroupBy(record => record.Place.Stream.ToString())
            .OrderBy(stream => stream.Key, StringComparer.Ordinal)
            .Select(stream => new StreamAnalytics(stream.Key, [.. stream.OrderBy(r => r.MadeBy, StringComparer.Ordinal).Select(Describe)]));
        return TypedResults.Json(new Analytics([.. streams]), AnalyticsJson.Default.Analytics);
    }

    private static ModelAnalytics Describe(ModelRecordEvent record) => new(
        record.MadeBy, record.IsShown, EventTime.Milliseconds(record.Place.TimeNs), [.. record.Horizons.Select(h => Of(h))]);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Analytics))]
internal sealed partial class AnalyticsJson : JsonSerializerContext;
