using SignalStream.Signal.Forecasting;
using SignalStream.Signal.Indicators;

namespace SignalStream.UnitTests.Signal.Forecasting;

public sealed class ForecastRecordTests
{
    [Fact]
    public void Score_KnownForecasts_CountsWhatCame()
    {
        var record = new ForecastRecord();
        record.Add(10, Forecasts(point: 11, low: 9, high: 12, rise: 0.6));
        record.Score(12);
        record.Add(12, Forecasts(point: 12, low: 11, high: 13, rise: 0.7));
        record.Score(9);
        var first = record[0];
        Assert.Equal((2L, 2L, 1L), (first.Outcomes, first.Moves, first.Hits));
        Assert.Equal((1.0 + 3) / 2, first.Error);
        Assert.Equal((2.0 + 3) / 2, first.NaiveError);
        Assert.Equal(0.5, first.Covered90);
        Assert.Equal(((0.4 * 0.4) + (0.7 * 0.7)) / 2, first.Brier, 12);
        Assert.Equal(0.2, first.Skill, 12);
        Assert.Equal(0, record[1].Outcomes);
    }

    [Fact]
    public void Score_LongerHorizons_WaitForTheirOutcome()
    {
        var record = new ForecastRecord();
        for (var i = 0; i < 20; i++)
        {
            record.Score(i);
            record.Add(i, Forecasts(i, i, i + 12, 0.5));
        }

        Assert.Equal([19L, 17L, 14L, 8L], Enumerable.Range(0, 4).Select(k => record[k].Outcomes));
        Assert.Equal(12, record[3].NaiveError);
        Assert.Equal(1, record[3].Covered90);
    }

    [Fact]
    public void Interrupt_BeforeTheOutcome_DropsWhatWaits()
    {
        var record = new ForecastRecord();
        record.Add(10, Forecasts(11, 9, 12, 0.6));
        record.Interrupt();
        record.Score(500);
        Assert.Equal(0, record[0].Outcomes);
    }

    [Fact]
    public void Rescale_BeforeTheOutcome_ComparesInNewPrices()
    {
        var record = new ForecastRecord();
        record.Add(70, Forecasts(77, 63, 84, 0.6));
        record.Rescale(1.0 / 7);
        record.Score(11);
        Assert.Equal(0, record[0].Error, 9);
        Assert.Equal(1, record[0].NaiveError, 9);
    }

    [Fact]
    public void RestoreState_SavedRecord_CountsOnAlike()
    {
        var record = new ForecastRecord();
        record.Add(10, Forecasts(11, 9, 12, 0.6));
        var state = new byte[record.StateSize];
        record.SaveState(state);
        var restored = new ForecastRecord();
        restored.RestoreState(state);
        record.Score(12);
        restored.Score(12);
        Assert.Equal(record[0], restored[0]);
    }

    [Theory]
    [InlineData(0, 0, 0, 1)]
    [InlineData(50, 100, 0.4038, 0.5962)]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(5300, 10000, 0.5202, 0.5398)]
    public void Interval_HitsOfTrials_IsWilsons(long hits, long trials, double low, double high)
    {
        var interval = HitRate.Interval(hits, trials);
        Assert.Equal(low, interval.Low, 4);
        Assert.Equal(high, interval.High, 4);
    }

    [Fact]
    public void Add_BarsOfAMinute_AreToldApart()
    {
        const long Minute = 60_000_000_000;
        var sequence = new BarSequence(Minute);
        Assert.Equal((BarPlace.Next, 0), Place(sequence, 0));
        Assert.Equal((BarPlace.Next, 0), Place(sequence, Minute));
        Assert.Equal((BarPlace.Repeated, 0), Place(sequence, Minute));
        Assert.Equal((BarPlace.OutOfOrder, 0), Place(sequence, 0));
        Assert.Equal((BarPlace.Next, 2), Place(sequence, 4 * Minute));
        Assert.Equal((BarPlace.Next, 0), Place(sequence, 1000 * Minute));
    }

    private static (BarPlace, int) Place(BarSequence sequence, long timeNs) => (sequence.Add(timeNs, out var missing), missing);

    private static HorizonForecast[] Forecasts(double point, double low, double high, double rise) =>
        [.. ForecastHorizons.Steps.ToArray().Select(steps => new HorizonForecast(steps, point, new(low, high), new(low, high), new(low, high), rise))];
}
