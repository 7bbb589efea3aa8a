using SignalStream.Signal.Forecasting;
using SignalStream.Signal.Indicators;

namespace SignalStream.UnitTests.Signal.Forecasting;

public sealed class PriceForecasterTests
{
    [Fact]
    public void Process_RandomWalk_ClaimsNoSkillItDoesNotHave()
    {
        double forecast = 0, naive = 0, brier = 0;
        int total = 0, held = 0;
        var bars = PriceBars.Make(1, 8000).ToArray();
        Walk(bars, (f, i) =>
        {
            var outcome = bars[i + f.Steps].Close;
            forecast += Math.Abs(outcome - f.Point);
            naive += Math.Abs(outcome - bars[i].Close);
            var rose = outcome > bars[i].Close ? 1 : 0;
            brier += (f.Rise - rose) * (f.Rise - rose);
            total++;
            held += f.Ninety.Holds(outcome) ? 1 : 0;
        });
        Assert.InRange(forecast / naive, 0.995, 1.002);
        Assert.InRange(brier / total, 0.24, 0.253);
        Assert.InRange((double)held / total, 0.885, 0.915);
    }

    [Fact]
    public void Process_ReversingPrices_LearnsTheChanceOfARise()
    {
        var bars = PriceBars.Make(2, 6000, reversal: 0.6).ToArray();
        double brier = 0, coin = 0;
        Walk(bars, (f, i) =>
        {
            if (f.Steps != 1) return;
            var rose = bars[i + 1].Close > bars[i].Close ? 1 : 0;
            brier += (f.Rise - rose) * (f.Rise - rose);
            coin += 0.25;
        });
        Assert.InRange(brier / coin, 0, 0.95);
    }

    [Fact]
    public void Process_Split_ForecastsAsIfPricesHadAlwaysBeenNew()
    {
        var bars = PriceBars.Make(3, 900).ToArray();
        var split = new PriceForecaster();
        var adjusted = new PriceForecaster();
        for (var i = 0; i < bars.Length; i++)
        {
            adjusted.Process(Scaled(bars[i], 1.0 / 7));
            split.Process(i < 500 ? bars[i] : Scaled(bars[i], 1.0 / 7) with { Split = i == 500 ? 7 : 1 });
        }

        for (var k = 0; k < ForecastHorizons.Count; k++)
        {
            Assert.Equal(adjusted.Forecasts[k].Point, split.Forecasts[k].Point, 6);
            Assert.Equal(adjusted.Forecasts[k].Ninety.Low, split.Forecasts[k].Ninety.Low, 4);
            Assert.Equal(adjusted.Forecasts[k].Rise, split.Forecasts[k].Rise, 6);
        }

        Assert.Equal(adjusted.Indicators.Rsi, split.Indicators.Rsi, 8);
        Assert.Equal(adjusted.Indicators.Atr, split.Indicators.Atr, 10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(700)]
    public void RestoreState_CutAnywhere_ForecastsTheSameBits(int cut)
    {
        var bars = PriceBars.Make(4, 1000).ToArray();
        var whole = new PriceForecaster();
        var first = new PriceForecaster();
        foreach (var bar in bars[..cut])
        {
            whole.Process(bar);
            first.Process(bar);
        }

        var state = new byte[first.StateSize];
        first.SaveState(state);
        var second = new PriceForecaster();
        second.RestoreState(state);
        foreach (var bar in bars[cut..])
        {
            whole.Process(bar);
            second.Process(bar);
            Assert.True(whole.Forecasts.SequenceEqual(second.Forecasts));
            Assert.Equal(whole.VolatilityScore, second.VolatilityScore);
        }
    }

    [Fact]
    public void Reset_AfterBars_IsAsNew()
    {
        var used = new PriceForecaster();
        foreach (var bar in PriceBars.Make(5, 300))
            used.Process(bar);
        used.Reset();
        var fresh = new PriceForecaster();
        var (a, b) = (new byte[used.StateSize], new byte[fresh.StateSize]);
        used.SaveState(a);
        fresh.SaveState(b);
        Assert.Equal(b, a);
    }

    [Fact]
    public void StateSize_OfAForecaster_IsAtMost64KiB() => Assert.InRange(new PriceForecaster().StateSize, 1, 64 * 1024);

    [Fact]
    public void Process_AfterConstruction_AllocatesNothing()
    {
        var forecaster = new PriceForecaster();
        var bars = PriceBars.Make(6, 400).ToArray();
        foreach (var bar in bars[..200])
            forecaster.Process(bar);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (ref readonly var bar in bars.AsSpan(200))
            forecaster.Process(bar);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(10, 9, 11, 10, 1, 1, "must lie within")]
    [InlineData(10, 12, 0, 10, 1, 1, "above 0")]
    [InlineData(10, 12, 9, 10, -1, 1, "volume -1")]
    [InlineData(10, 12, 9, 10, 1, 0, "split 0")]
    [InlineData(10, double.NaN, 9, 10, 1, 1, "above 0")]
    public void Process_BarThatBreaksARule_Throws(
        double open, double high, double low, double close, double volume, double split, string said)
    {
        var bar = new PriceBar(0, open, high, low, close, volume, split);
        var thrown = Assert.Throws<ArgumentException>(() => new PriceForecaster().Process(bar));
        Assert.Contains(said, thrown.Message, StringComparison.Ordinal);
    }

    private static PriceBar Scaled(PriceBar bar, double factor) => bar with
    {
        Open = bar.Open * factor,
        High = bar.High * factor,
        Low = bar.Low * factor,
        Close = bar.Close * factor,
        Volume = bar.Volume / factor,
    };

    private static void Walk(PriceBar[] bars, Action<HorizonForecast, int> told)
    {
        var forecaster = new PriceForecaster();
        for (var i = 0; i < bars.Length; i++)
        {
            forecaster.Process(bars[i]);
            if (i < 500) continue;
            foreach (var forecast in forecaster.Forecasts)
            {
                if (i + forecast.Steps < bars.Length) told(forecast, i);
            }
        }
    }
}
