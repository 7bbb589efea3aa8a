namespace SignalStream.Signal.Indicators;

/// <summary>Technical indicators after a bar; NaN where too few bars were seen. Definitions and sources in docs/ALGORITHMS.md.</summary>
/// <param name="Rsi">Relative strength index of 14 changes after Wilder, 0 to 100; 50 when nothing moved.</param>
/// <param name="Sma5">Close over the mean of the last 5 closes.</param>
/// <param name="Sma10">Of the last 10.</param>
/// <param name="Sma20">Of the last 20.</param>
/// <param name="Ema12">Close over its exponential mean of 12 periods, gain 2/13, begun at the first close.</param>
/// <param name="Macd">Exponential mean of 12 less that of 26 periods, over the close.</param>
/// <param name="MacdHistogram">MACD less its exponential mean of 9 periods, over the close.</param>
/// <param name="Volatility20">Standard deviation of the last 20 relative changes (n − 1), a period.</param>
/// <param name="Momentum1">Relative change over 1 period.</param>
/// <param name="Momentum5">Over 5.</param>
/// <param name="Momentum10">Over 10.</param>
/// <param name="VolumeRatio">Volume over the mean of the last 20; 1 when nothing was traded.</param>
/// <param name="Bollinger">Close less the mean of 20, over two standard deviations (n): ±1 on the bands; 0 when nothing moved.</param>
/// <param name="Atr">Average true range of 14 periods after Wilder, over the close.</param>
public readonly record struct IndicatorValues(
    double Rsi, double Sma5, double Sma10, double Sma20, double Ema12, double Macd, double MacdHistogram, double Volatility20,
    double Momentum1, double Momentum5, double Momentum10, double VolumeRatio, double Bollinger, double Atr)
{
    /// <summary>How many there are.</summary>
    public const int Count = 14;

    /// <summary>Bars until all of them are there.</summary>
    public const int BarsNeeded = 21;

    /// <summary>Whether all of them are there.</summary>
    public bool IsComplete => !double.IsNaN(Volatility20);
}
