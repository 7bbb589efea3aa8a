using SignalStream.Messaging;
using SignalStream.Signal.Forecasting;
using SignalStream.Signal.Indicators;

namespace SignalStream.Predictor.Market;

/// <summary>What a model says, as events.</summary>
internal static class MarketEvents
{
    public static PriceOutlookEvent Outlook(EventPlace place, PriceReading reading, PriceForecaster forecaster)
    {
        var rise = forecaster.Forecasts[0].Rise;
        return new PriceOutlookEvent(
            place,
            forecaster.Model.Name,
            reading.Close,
            reading.Currency,
            reading.IsSimulated,
            ToTrend(TrendRules.Classify(forecaster.Indicators)),
            Math.Max(rise, 1 - rise),
            forecaster.VolatilityScore,
            [.. PriceOutlookEvent.IndicatorNames.Zip(Values(forecaster.Indicators), KeyValuePair.Create)],
            [.. forecaster.Forecasts.ToArray().Select(ToHorizon)]);
    }

    public static ModelRecordEvent Record(EventPlace place, ModelRun run, bool isShown) => new(
        place, run.Forecaster.Model.Name, isShown,
        [.. Enumerable.Range(0, ForecastHorizons.Count).Select(k => ToRecord(run.Record[k]))]);

    private static OutlookHorizon ToHorizon(HorizonForecast f) =>
        new(f.Steps, f.Point, f.Rise, [ToInterval(0.5, f.Half), ToInterval(0.8, f.Eighty), ToInterval(0.9, f.Ninety)]);

    private static Messaging.ForecastInterval ToInterval(double level, PredictionInterval interval) => new(level, interval.Low, interval.High);

    internal static RecordHorizon ToRecord(in HorizonRecord r) => new(
        r.Steps, (ulong)r.Outcomes, r.Error, r.NaiveError, r.Covered50, r.Covered80, r.Covered90, r.Brier, r.BaseBrier, (ulong)r.Moves, (ulong)r.Hits);

    private static PriceTrend ToTrend(Trend trend) => trend switch
    {
        Trend.Bullish => PriceTrend.Bullish,
        Trend.Bearish => PriceTrend.Bearish,
        Trend.Overbought => PriceTrend.Overbought,
        Trend.Oversold => PriceTrend.Oversold,
        _ => PriceTrend.Neutral,
    };

    /// <summary>In the order of <see cref="PriceOutlookEvent.IndicatorNames"/>.</summary>
    private static double[] Values(in IndicatorValues v) =>
    [
        v.Rsi, v.Sma5, v.Sma10, v.Sma20, v.Ema12, v.Macd, v.MacdHistogram, v.Volatility20,
        v.Momentum1, v.Momentum5, v.Momentum10, v.VolumeRatio, v.Bollinger, v.Atr,
    ];
}
