using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Codec;

/// <summary>Bodies of events about prices and of models' records.</summary>
internal static class MarketCodec
{
    public static V1.PriceOutlook Body(PriceOutlookEvent outlook) => new()
    {
        Price = outlook.Price,
        Currency = outlook.Currency,
        Simulated = outlook.IsSimulated,
        Trend = (V1.Trend)outlook.Trend,
        Confidence = (float)outlook.Confidence,
        VolatilityScore = (float)outlook.VolatilityScore,
        Indicators = Body(outlook.Indicators),
        Horizons = { outlook.Horizons.Select(Body) },
    };

    public static PriceOutlookEvent Read(EventPlace place, string madeBy, V1.PriceOutlook outlook) => new(
        place,
        madeBy,
        outlook.Price,
        outlook.Currency,
        outlook.Simulated,
        Enum.IsDefined((PriceTrend)outlook.Trend) ? (PriceTrend)outlook.Trend : PriceTrend.Unknown,
        outlook.Confidence,
        outlook.VolatilityScore,
        [.. PriceOutlookEvent.IndicatorNames.Zip(Values(outlook.Indicators), KeyValuePair.Create)],
        [.. outlook.Horizons.Select(h => new OutlookHorizon(
            (int)h.Steps, h.Point, h.Rise, [.. h.Intervals.Select(i => new ForecastInterval(i.Level, i.Low, i.High))]))]);

    public static V1.ModelRecord Body(ModelRecordEvent record) => new()
    {
        Model = record.MadeBy,
        Shown = record.IsShown,
        Horizons = { record.Horizons.Select(Body) },
    };

    public static ModelRecordEvent Read(EventPlace place, string madeBy, V1.ModelRecord record) => new(
        place, madeBy, record.Shown,
        [.. record.Horizons.Select(h => new RecordHorizon(
            (int)h.Steps, h.Outcomes, h.Error, h.NaiveError, h.Covered50, h.Covered80, h.Covered90, h.Brier, h.BaseBrier, h.Moves, h.Hits))]);

    private static V1.PriceOutlook.Types.Horizon Body(OutlookHorizon horizon) => new()
    {
        Steps = (uint)horizon.Steps,
        Point = horizon.Point,
        Rise = (float)horizon.Rise,
        Intervals =
        {
            horizon.Intervals.Select(i => new V1.Forecast.Types.Interval
            {
                Level = (float)i.Level,
                Low = (float)i.Low,
                High = (float)i.High,
            }),
        },
    };

    private static V1.ModelRecord.Types.Horizon Body(RecordHorizon horizon) => new()
    {
        Steps = (uint)horizon.Steps,
        Outcomes = horizon.Outcomes,
        Error = horizon.Error,
        NaiveError = horizon.NaiveError,
        Covered50 = horizon.Covered50,
        Covered80 = horizon.Covered80,
        Covered90 = horizon.Covered90,
        Brier = horizon.Brier,
        BaseBrier = horizon.BaseBrier,
        Moves = horizon.Moves,
        Hits = horizon.Hits,
    };

    private static V1.PriceOutlook.Types.Indicators Body(IReadOnlyList<KeyValuePair<string, double>> values)
    {
        var body = new V1.PriceOutlook.Types.Indicators();
        for (var i = 0; i < values.Count; i++)
            V1.PriceOutlook.Types.Indicators.Descriptor.FindFieldByNumber(i + 1)?.Accessor.SetValue(body, (float)values[i].Value);
        return body;
    }

    /// <summary>In the order of the fields' numbers, which is that of the names.</summary>
    private static IEnumerable<double> Values(V1.PriceOutlook.Types.Indicators? body) =>
        V1.PriceOutlook.Types.Indicators.Descriptor.Fields.InFieldNumberOrder()
            .Select(field => body is null ? double.NaN : (double)(float)field.Accessor.GetValue(body));
}
