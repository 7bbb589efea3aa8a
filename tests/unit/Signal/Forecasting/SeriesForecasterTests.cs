using SignalStream.Signal.Forecasting;

namespace SignalStream.UnitTests.Signal.Forecasting;

public sealed class SeriesForecasterTests
{
    private const long StepNs = 300_000_000_000;

    [Fact]
    public void Process_DailyPattern_IsForecastBetterThanByTheLastValue()
    {
        double forecast = 0, naive = 0;
        Walk(Daily(1), 4000, (f, last, outcome) =>
        {
            if (f.Steps != 12) return;
            forecast += Math.Abs(outcome - f.Point);
            naive += Math.Abs(outcome - last);
        });
        Assert.InRange(forecast / naive, 0, 0.8);
    }

    [Fact]
    public void Process_RandomWalk_IsHardlyWorseThanTheLastValue()
    {
        double[] forecast = new double[13], naive = new double[13];
        Walk(RandomWalk(2), 6000, (f, last, outcome) =>
        {
            forecast[f.Steps] += Math.Abs(outcome - f.Point);
            naive[f.Steps] += Math.Abs(outcome - last);
        });
        foreach (var steps in ForecastHorizons.Steps)
            Assert.InRange(forecast[steps] / naive[steps], 0.9, 1.02);
    }

    [Theory]
    [InlineData("walk", 3)]
    [InlineData("daily", 4)]
    [InlineData("heavy tails", 5)]
    [InlineData("bursts", 6)]
    public void Process_AnySeries_IntervalsCoverWhatTheyClaim(string series, int seed)
    {
        int total = 0, half = 0, eighty = 0, ninety = 0;
        Walk(Named(series, seed), 6000, (f, _, outcome) =>
        {
            total++;
            half += f.Half.Holds(outcome) ? 1 : 0;
            eighty += f.Eighty.Holds(outcome) ? 1 : 0;
            ninety += f.Ninety.Holds(outcome) ? 1 : 0;
        });
        Assert.InRange((double)half / total, 0.47, 0.53);
        Assert.InRange((double)eighty / total, 0.77, 0.83);
        Assert.InRange((double)ninety / total, 0.88, 0.92);
    }

    [Fact]
    public void Forecasts_Always_AreNestedIntervals()
    {
        Walk(Named("bursts", 7), 1500, (f, _, _) =>
        {
            Assert.True(f.Ninety.Low <= f.Eighty.Low && f.Eighty.Low <= f.Half.Low);
            Assert.True(f.Half.Low <= f.Half.High);
            Assert.True(f.Half.High <= f.Eighty.High && f.Eighty.High <= f.Ninety.High);
        }, from: 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(900)]
    public void RestoreState_CutAnywhere_ForecastsTheSameBits(int cut)
    {
        var values = Daily(8).Take(1300).ToArray();
        var whole = new SeriesForecaster();
        var first = new SeriesForecaster();
        for (var i = 0; i < cut; i++)
        {
            whole.Process(i * StepNs, values[i]);
            first.Process(i * StepNs, values[i]);
        }

        var state = new byte[first.StateSize];
        first.SaveState(state);
        var second = new SeriesForecaster();
        second.RestoreState(state);
        for (var i = cut; i < values.Length; i++)
        {
            whole.Process(i * StepNs, values[i]);
            second.Process(i * StepNs, values[i]);
            Assert.True(whole.Forecasts.SequenceEqual(second.Forecasts));
        }
    }

    [Fact]
    public void Reset_AfterAnySeries_IsAsNew()
    {
        var used = new SeriesForecaster();
        foreach (var value in Named("bursts", 9).Take(700))
            used.Process(0, value);
        used.Reset();
        var fresh = new SeriesForecaster();
        var (a, b) = (new byte[used.StateSize], new byte[fresh.StateSize]);
        used.SaveState(a);
        fresh.SaveState(b);
        Assert.Equal(b, a);
    }

    [Fact]
    public void Process_ConstantSeries_IsForecastExactly()
    {
        var forecaster = new SeriesForecaster();
        for (var i = 0; i < 500; i++)
            forecaster.Process(i * StepNs, 42);
        foreach (var forecast in forecaster.Forecasts)
        {
            Assert.Equal(42, forecast.Point, 9);
            Assert.True(forecast.Ninety.Holds(42));
        }
    }

    [Fact]
    public void Process_LargeLevelAndSmallChanges_KeepsItsPrecision()
    {
        var low = new SeriesForecaster();
        var high = new SeriesForecaster();
        var i = 0;
        foreach (var value in RandomWalk(10).Take(600))
        {
            low.Process(i * StepNs, value);
            high.Process(i++ * StepNs, 1e7 + value);
        }

        Assert.InRange(high.Forecasts[0].Point - 1e7, low.Forecasts[0].Ninety.Low, low.Forecasts[0].Ninety.High);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e31)]
    public void Process_NoUsableValue_Throws(double value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SeriesForecaster().Process(0, value));

    [Fact]
    public void StateSize_OfAForecaster_IsAtMost64KiB() => Assert.InRange(new SeriesForecaster().StateSize, 1, 64 * 1024);

    [Fact]
    public void Process_AfterConstruction_AllocatesNothing()
    {
        var forecaster = new SeriesForecaster();
        var values = Daily(11).Take(400).ToArray();
        for (var i = 0; i < 200; i++)
            forecaster.Process(i * StepNs, values[i]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 200; i < 400; i++)
            forecaster.Process(i * StepNs, values[i]);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static IEnumerable<double> Named(string series, int seed) => series switch
    {
        "walk" => RandomWalk(seed),
        "daily" => Daily(seed),
        "heavy tails" => Series(seed, (r, _) => 10 + (1 / (0.02 + r.NextDouble()))),
        _ => Series(seed, (r, i) => 5 + ((i / 400 % 2 == 0 ? 1 : 6) * (r.NextDouble() - 0.5))),
    };

    private static IEnumerable<double> Daily(int seed) =>
        Series(seed, (r, i) => 50 + (20 * Math.Sin(2 * Math.PI * i / 288)) + (2 * (r.NextDouble() - 0.5)));

    private static IEnumerable<double> RandomWalk(int seed)
    {
        var level = 100.0;
        return Series(seed, (r, _) => level += r.NextDouble() - 0.5);
    }

    private static IEnumerable<double> Series(int seed, Func<Random, int, double> next)
    {
        var random = new Random(seed);
        for (var i = 0; ; i++)
            yield return next(random, i);
    }

    /// <summary>Tells each forecast with the value it was made at and the outcome.</summary>
    private static void Walk(IEnumerable<double> series, int count, Action<HorizonForecast, double, double> told, int from = 600)
    {
        var values = series.Take(count).ToArray();
        var forecaster = new SeriesForecaster();
        for (var i = 0; i < values.Length; i++)
        {
            forecaster.Process(i * StepNs, values[i]);
            if (i < from) continue;
            foreach (var forecast in forecaster.Forecasts)
            {
                if (i + forecast.Steps < values.Length)
                    told(forecast, values[i], values[i + forecast.Steps]);
            }
        }
    }
}
