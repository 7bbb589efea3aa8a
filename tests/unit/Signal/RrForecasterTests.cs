using SignalStream.Signal.Forecasting;

namespace SignalStream.UnitTests.Signal;

public sealed class RrForecasterTests
{
    [Fact]
    public void Forecast_BeforeNineErrors_IsWithheld()
    {
        var forecaster = new RrForecaster();
        for (var i = 0; i < 9; i++)
        {
            forecaster.Process(800);
            Assert.Null(forecaster.Forecast());
        }

        forecaster.Process(800);
        Assert.NotNull(forecaster.Forecast());
    }

    [Fact]
    public void Forecast_SteadyRhythm_IsExactlyIt()
    {
        var forecaster = new RrForecaster();
        for (var i = 0; i < 20; i++) forecaster.Process(800);
        var exact = new ForecastInterval(800, 800);
        Assert.Equal(new RrForecast(800, exact, exact, exact), forecaster.Forecast());
    }

    [Theory]
    [InlineData("white", 1)]
    [InlineData("white", 2)]
    [InlineData("breathing", 3)]
    [InlineData("heavy tails", 4)]
    [InlineData("rising", 5)]
    public void Forecast_SyntheticSeries_CoversWhatItClaims(string series, int seed)
    {
        var random = new Random(seed);
        var forecaster = new RrForecaster();
        int total = 0, half = 0, eighty = 0, ninety = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var rr = Next(series, i, random);
            if (forecaster.Forecast() is { } forecast)
            {
                total++;
                half += Holds(forecast.Half, rr);
                eighty += Holds(forecast.Eighty, rr);
                ninety += Holds(forecast.Ninety, rr);
            }

            forecaster.Process(rr);
        }

        Assert.InRange((double)half / total, 0.48, 0.53);
        Assert.InRange((double)eighty / total, 0.78, 0.83);
        Assert.InRange((double)ninety / total, 0.88, 0.93);
    }

    [Fact]
    public void Forecast_SpreadGrows_IntervalFollowsWithinTheWindow()
    {
        var random = new Random(1);
        var forecaster = new RrForecaster(window: 50);
        for (var i = 0; i < 200; i++) forecaster.Process(800 + (5 * Bell(random)));
        var narrow = Width(forecaster);
        for (var i = 0; i < 50; i++) forecaster.Process(800 + (50 * Bell(random)));
        Assert.InRange(Width(forecaster) / narrow, 5, 20);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Process_NoInterval_Throws(float rrMs) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RrForecaster().Process(rrMs));

    private static float Width(RrForecaster forecaster)
    {
        var forecast = forecaster.Forecast()!.Value;
        return forecast.Eighty.High - forecast.Eighty.Low;
    }

    private static float Next(string series, int i, Random random) => series switch
    {
        "white" => 800 + (40 * Bell(random)),
        "breathing" => 900 + (60 * MathF.Sin(2 * MathF.PI * i / 4.3f)) + (15 * Bell(random)),
        "heavy tails" => random.Next(20) == 0 ? 800 + (200 * Bell(random)) : 800 + (20 * Bell(random)),
        _ => 600 + (i * 0.02f) + (30 * Bell(random)),
    };

    private static float Bell(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    private static int Holds(ForecastInterval interval, float rr) => rr >= interval.Low && rr <= interval.High ? 1 : 0;
}
