namespace SignalStream.Signal.Indicators;

/// <summary>Where a price seems to go, by rule; a description of the past, no promise.</summary>
public enum Trend
{
    /// <summary>None of the others.</summary>
    Neutral,

    /// <summary>Above the mean of 20, that of 5 above that of 20, MACD above its signal.</summary>
    Bullish,

    /// <summary>Below, below, below.</summary>
    Bearish,

    /// <summary>RSI at 70 or more.</summary>
    Overbought,

    /// <summary>RSI at 30 or less.</summary>
    Oversold,
}

/// <summary>The rules of <see cref="Trend"/>.</summary>
public static class TrendRules
{
    /// <summary>The class; RSI goes first (Wilder's limits 30 and 70). Neutral until all indicators are there.</summary>
    public static Trend Classify(in IndicatorValues values)
    {
        if (!values.IsComplete) return Trend.Neutral;
        if (values.Rsi >= 70) return Trend.Overbought;
        if (values.Rsi <= 30) return Trend.Oversold;
        // Close/SMA20 over close/SMA5 is SMA5/SMA20.
        if (values.Sma20 > 1 && values.Sma20 > values.Sma5 && values.MacdHistogram > 0) return Trend.Bullish;
        return values.Sma20 < 1 && values.Sma20 < values.Sma5 && values.MacdHistogram < 0 ? Trend.Bearish : Trend.Neutral;
    }
}
