using SignalStream.Signal.Indicators;

namespace SignalStream.UnitTests.Signal.Forecasting;

/// <summary>Each indicator against its definition, computed from the whole history at once.</summary>
public sealed class PriceIndicatorsTests
{
    private static readonly PriceBar[] Bars = [.. PriceBars.Make(21, 120)];

    [Fact]
    public void Values_AtEachBar_EqualABatchComputation()
    {
        var indicators = new PriceIndicators();
        for (var n = 1; n <= Bars.Length; n++)
        {
            indicators.Process(Bars[n - 1]);
            AssertEqual(Batch(Bars[..n]), indicators.Values, n);
        }
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(-1, 0)]
    [InlineData(0, 50)]
    public void Values_PriceThatOnlyMovesOneWay_HasTheExtremeRsi(int direction, double expected)
    {
        var indicators = new PriceIndicators();
        for (var i = 0; i < 40; i++)
        {
            var close = 100 + (direction * i);
            indicators.Process(new PriceBar(i, close, close, close, close, 0));
        }

        Assert.Equal(expected, indicators.Values.Rsi, 10);
        Assert.Equal(1, indicators.Values.VolumeRatio);
    }

    [Fact]
    public void Values_TooFewBars_AreNotANumber()
    {
        var indicators = new PriceIndicators();
        foreach (var bar in Bars[..(IndicatorValues.BarsNeeded - 1)])
        {
            indicators.Process(bar);
            Assert.False(indicators.Values.IsComplete);
        }

        indicators.Process(Bars[20]);
        Assert.True(indicators.Values.IsComplete);
    }

    [Theory]
    [InlineData(71, 1.05, 1.01, 0.01, Trend.Overbought)]
    [InlineData(29, 0.95, 0.99, -0.01, Trend.Oversold)]
    [InlineData(60, 1.05, 1.01, 0.01, Trend.Bullish)]
    [InlineData(40, 0.95, 0.99, -0.01, Trend.Bearish)]
    [InlineData(60, 1.05, 1.01, -0.01, Trend.Neutral)]
    [InlineData(60, 1.01, 1.05, 0.01, Trend.Neutral)]
    [InlineData(50, 1.00, 1.00, 0.00, Trend.Neutral)]
    public void Classify_Indicators_FollowsTheRules(double rsi, double sma20, double sma5, double histogram, Trend expected) =>
        Assert.Equal(expected, TrendRules.Classify(
            default(IndicatorValues) with { Rsi = rsi, Sma20 = sma20, Sma5 = sma5, MacdHistogram = histogram }));

    [Fact]
    public void Classify_IncompleteIndicators_IsNeutral() =>
        Assert.Equal(Trend.Neutral, TrendRules.Classify(default(IndicatorValues) with { Rsi = 90, Volatility20 = double.NaN }));

    private static IndicatorValues Batch(PriceBar[] bars)
    {
        double[] closes = [.. bars.Select(b => b.Close)];
        double[] volumes = [.. bars.Select(b => b.Volume)];
        var n = closes.Length;
        var close = closes[^1];
        double Sma(double[] values, int count) => n < count ? double.NaN : values[^count..].Average();
        double Momentum(int periods) => n > periods ? (close / closes[^(periods + 1)]) - 1 : double.NaN;
        var changes = closes.Skip(1).Zip(closes, (now, before) => (now / before) - 1).ToArray();
        var macd = closes.Select((_, i) => Ema(closes[..(i + 1)], 12) - Ema(closes[..(i + 1)], 26)).ToArray();
        var signal = macd.Aggregate(0.0, (s, m) => s + (0.2 * (m - s)));
        var deviation = n < 20 ? double.NaN : Math.Sqrt(closes[^20..].Average(c => Math.Pow(c - Sma(closes, 20), 2)));
        return new IndicatorValues(
            Rsi(closes), close / Sma(closes, 5), close / Sma(closes, 10), close / Sma(closes, 20), close / Ema(closes, 12),
            macd[^1] / close, (macd[^1] - signal) / close,
            n < 21 ? double.NaN : Math.Sqrt(changes[^20..].Sum(c => Math.Pow(c - changes[^20..].Average(), 2)) / 19),
            Momentum(1), Momentum(5), Momentum(10), volumes[^1] / Sma(volumes, 20),
            (close - Sma(closes, 20)) / (2 * deviation), Atr(bars) / close);
    }

    private static double Ema(double[] values, int periods) =>
        values.Skip(1).Aggregate(values[0], (mean, value) => mean + (2.0 / (periods + 1) * (value - mean)));

    private static double Wilder(double[] values) =>
        values.Skip(14).Aggregate(values.Take(14).Average(), (mean, value) => ((13 * mean) + value) / 14);

    private static double Rsi(double[] closes)
    {
        var changes = closes.Skip(1).Zip(closes, (now, before) => now - before).ToArray();
        if (changes.Length < 14) return double.NaN;
        var gain = Wilder([.. changes.Select(c => Math.Max(c, 0))]);
        var loss = Wilder([.. changes.Select(c => Math.Max(-c, 0))]);
        return 100 - (100 / (1 + (gain / loss)));
    }

    private static double Atr(PriceBar[] bars)
    {
        if (bars.Length < 14) return double.NaN;
        double[] ranges = [bars[0].High - bars[0].Low, .. bars.Skip(1).Select((bar, i) => TrueRange(bar, bars[i].Close))];
        return Wilder(ranges);
    }

    private static double TrueRange(PriceBar bar, double before) =>
        new[] { bar.High - bar.Low, Math.Abs(bar.High - before), Math.Abs(bar.Low - before) }.Max();

    private static void AssertEqual(IndicatorValues expected, IndicatorValues actual, int n)
    {
        foreach (var property in typeof(IndicatorValues).GetProperties().Where(p => p.PropertyType == typeof(double)))
        {
            var (e, a) = ((double)property.GetValue(expected)!, (double)property.GetValue(actual)!);
            Assert.True(
                double.IsNaN(e) ? double.IsNaN(a) : Math.Abs(e - a) <= 1e-9 * Math.Max(1, Math.Abs(e)),
                $"{property.Name} after {n} bars: {a}, by definition {e}");
        }
    }
}
