using SignalStream.Signal.Indicators;

namespace SignalStream.Signal.Forecasting;

/// <summary>The indicators as a regression likes them: around 0, in the price's own moves, within ±4; 0 where not known.</summary>
internal static class PriceFeatures
{
    /// <summary>A constant, the indicators and where the close lies in its bar.</summary>
    public const int Count = 2 + IndicatorValues.Count;

    /// <summary>Place of the last change among them.</summary>
    public const int LastMove = 9;

    /// <summary>Place of the close's place in its bar, from −1 at the low to 1 at the high.</summary>
    public const int CloseInBar = 15;

    /// <param name="bar">The last bar.</param>
    /// <param name="v">Its indicators.</param>
    /// <param name="spread">Usual relative change, above 0.</param>
    /// <param name="slowSpread">The same over a longer time.</param>
    /// <param name="x">Shape (Count).</param>
    public static void Fill(in PriceBar bar, in IndicatorValues v, double spread, double slowSpread, Span<double> x)
    {
        x[0] = 1;
        x[1] = Bounded((v.Rsi - 50) / 25);
        x[2] = Bounded((v.Sma5 - 1) / spread);
        x[3] = Bounded((v.Sma10 - 1) / spread / 1.5);
        x[4] = Bounded((v.Sma20 - 1) / spread / 2);
        x[5] = Bounded((v.Ema12 - 1) / spread / 1.5);
        x[6] = Bounded(v.Macd / spread / 2);
        x[7] = Bounded(v.MacdHistogram / spread);
        x[8] = Bounded((v.Volatility20 / (1.3 * slowSpread)) - 1);
        x[9] = Bounded(v.Momentum1 / spread);
        x[10] = Bounded(v.Momentum5 / spread / 2);
        x[11] = Bounded(v.Momentum10 / spread / 3);
        x[12] = Bounded(v.VolumeRatio - 1);
        x[13] = Bounded(v.Bollinger);
        x[14] = Bounded((v.Atr / (2 * slowSpread)) - 1);
        x[15] = bar.High > bar.Low ? (2 * (bar.Close - bar.Low) / (bar.High - bar.Low)) - 1 : 0;
    }

    /// <summary>Fell, stood or rose, and closed low, middle or high in its bar: 0 to 8.</summary>
    public static int Situation(ReadOnlySpan<double> x) => (3 * Third(x[LastMove], 0.3)) + Third(x[CloseInBar], 0.4);

    private static int Third(double value, double limit) => value > limit ? 2 : value < -limit ? 0 : 1;

    private static double Bounded(double value) => double.IsNaN(value) ? 0 : Math.Clamp(value, -4, 4);
}
