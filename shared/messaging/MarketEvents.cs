namespace SignalStream.Messaging;

/// <summary>Where a price seems to go, by rule; a description of the past.</summary>
public enum PriceTrend
{
    /// <summary>Not judged.</summary>
    Unknown,

    /// <summary>None of the others.</summary>
    Neutral,

    /// <summary>Rising by the means and MACD.</summary>
    Bullish,

    /// <summary>Falling by the means and MACD.</summary>
    Bearish,

    /// <summary>RSI at 70 or more.</summary>
    Overbought,

    /// <summary>RSI at 30 or less.</summary>
    Oversold,
}

/// <summary>A price's expected value some bars ahead.</summary>
/// <param name="Steps">Bars ahead.</param>
/// <param name="Point">The expected price.</param>
/// <param name="Rise">Calibrated probability that the price is above the last one then.</param>
/// <param name="Intervals">Narrow to wide.</param>
public sealed record OutlookHorizon(int Steps, double Point, double Rise, IReadOnlyList<ForecastInterval> Intervals);

/// <summary>What is expected of a price; its place is the last bar.</summary>
/// <param name="Place">The last bar.</param>
/// <param name="MadeBy">Model and version.</param>
/// <param name="Price">The bar's close.</param>
/// <param name="Currency">Of the price; may be empty.</param>
/// <param name="IsSimulated">No market is behind it.</param>
/// <param name="Trend">By rule, of the past.</param>
/// <param name="Confidence">Calibrated probability of the direction that is shown, one bar ahead.</param>
/// <param name="VolatilityScore">0 to 1: share of the last 250 bars at which it was calmer.</param>
/// <param name="Indicators">By name, in a fixed order; NaN where too few bars were seen.</param>
/// <param name="Horizons">Nearest first.</param>
public sealed record PriceOutlookEvent(
    EventPlace Place, string MadeBy, double Price, string Currency, bool IsSimulated, PriceTrend Trend, double Confidence,
    double VolatilityScore, IReadOnlyList<KeyValuePair<string, double>> Indicators, IReadOnlyList<OutlookHorizon> Horizons)
    : SignalEvent(Place, MadeBy)
{
    /// <summary>Names of the indicators, in their order on the wire and in <c>IndicatorValues</c>.</summary>
    public static IReadOnlyList<string> IndicatorNames { get; } =
    [
        "rsi", "sma5", "sma10", "sma20", "ema12", "macd", "macdHistogram", "volatility20",
        "momentum1", "momentum5", "momentum10", "volumeRatio", "bollinger", "atr",
    ];

    /// <inheritdoc/>
    public override string Kind => "price_outlook";

    /// <inheritdoc/>
    public override SignalType Type => SignalType.Forecast;
}

/// <summary>How a model's forecasts some steps ahead have come true.</summary>
/// <param name="Steps">How far ahead.</param>
/// <param name="Outcomes">Forecasts whose outcome came.</param>
/// <param name="Error">Mean absolute error, in the stream's unit.</param>
/// <param name="NaiveError">Of the last value.</param>
/// <param name="Covered50">Share of outcomes within the 50 % interval.</param>
/// <param name="Covered80">Within the 80 % interval.</param>
/// <param name="Covered90">Within the 90 % interval.</param>
/// <param name="Brier">Mean squared error of the probability of a rise; 0 where there is none.</param>
/// <param name="BaseBrier">Of the share of rises so far.</param>
/// <param name="Moves">Outcomes that differed from the last value.</param>
/// <param name="Hits">Of these, in the direction that was more probable.</param>
public readonly record struct RecordHorizon(
    int Steps, ulong Outcomes, double Error, double NaiveError, double Covered50, double Covered80, double Covered90,
    double Brier, double BaseBrier, ulong Moves, ulong Hits);

/// <summary>How a model has done on a stream so far; its place is the last value that was counted.</summary>
/// <param name="Place">The last value.</param>
/// <param name="MadeBy">Model and version.</param>
/// <param name="IsShown">Its forecasts are the published ones; others run beside it.</param>
/// <param name="Horizons">Nearest first.</param>
public sealed record ModelRecordEvent(EventPlace Place, string MadeBy, bool IsShown, IReadOnlyList<RecordHorizon> Horizons)
    : SignalEvent(Place, MadeBy)
{
    /// <inheritdoc/>
    public override string Kind => $"model_record_{MadeBy}";

    /// <inheritdoc/>
    public override SignalType Type => SignalType.Forecast;
}
