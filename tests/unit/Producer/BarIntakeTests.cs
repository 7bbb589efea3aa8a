using System.Text;
using System.Text.Json;
using Prometheus;
using SignalStream.Producer.Market;
using SignalStream.Signal.Indicators;
using SignalStream.Signal.Synthesis;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Producer;

public sealed class BarIntakeTests
{
    private const long DayNs = 86_400_000_000_000;

    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();

    [Fact]
    public async Task Take_RepeatsDisorderAndNonsense_AreLeftOutAndCounted()
    {
        var intake = Intake(new MarketOptions());
        Assert.Equal(0UL, intake.Take(Bar(0), 5)!.Index);
        Assert.Null(intake.Take(Bar(0), 5));
        Assert.Equal((1UL, 5U), (intake.Take(Bar(2), 5)!.Index, 5U));
        Assert.Null(intake.Take(Bar(1), 5));
        Assert.Null(intake.Take(Bar(3) with { Low = -1 }, 5));
        Assert.Equal(2UL, intake.Take(Bar(3), 5)!.Index);

        var text = await ExpositionAsync();
        Assert.Contains("bars_refused_total{reason=\"repeated\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("bars_refused_total{reason=\"out_of_order\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("bars_refused_total{reason=\"invalid\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("bars_missing_total 1", text, StringComparison.Ordinal);
        Assert.Contains("producer_bars_total 3", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_Split_GoesWithItsFirstBarOnly()
    {
        var options = new MarketOptions
        {
            Splits =
            [
                new SplitOptions { Symbol = "AAPL", Date = new DateOnly(1970, 1, 3), Ratio = 7 },
                new SplitOptions { Symbol = "TSLA", Date = new DateOnly(1970, 1, 2), Ratio = 5 },
            ],
        };
        var intake = Intake(options);
        Assert.Equal([1, 1, 7, 1], Enumerable.Range(0, 4).Select(i => intake.Take(Bar(i), 1)!.Split));
    }

    [Fact]
    public void Take_SplitBeforeTheFirstBar_IsInThePricesAlready()
    {
        var options = new MarketOptions { Splits = [new SplitOptions { Symbol = "AAPL", Date = new DateOnly(1970, 1, 2), Ratio = 7 }] };
        Assert.Equal(1, Intake(options).Take(Bar(5), 1)!.Split);
    }

    [Theory]
    [InlineData("price", 5.5)]
    [InlineData("$.chart.result[1].price", 7.0)]
    [InlineData("chart.result[0]", null)]
    [InlineData("chart.result[9].price", null)]
    [InlineData("quoted", 3.25)]
    [InlineData("price.more", null)]
    [InlineData("", null)]
    public void Number_Path_FindsItOrNothing(string path, double? expected)
    {
        using var document = JsonDocument.Parse("""{"price":5.5,"quoted":"3.25","chart":{"result":[{"price":6},{"price":7}]}}""");
        Assert.Equal(expected, JsonPath.Number(document.RootElement, path));
    }

    [Theory]
    [InlineData("AAPL,B AD", "B AD")]
    [InlineData("A.B", "A.B")]
    public void Validate_NoSymbol_NamesIt(string symbols, string named)
    {
        var result = new MarketOptionsValidator().Validate(null, new MarketOptions { Symbols = symbols });
        Assert.Contains(named, result.FailureMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MarketSource.Replay, "Market:Path")]
    [InlineData(MarketSource.Quotes, "Market:Quotes:Url")]
    public void Validate_SourceWithoutItsAddress_NamesTheKey(object source, string key)
    {
        var result = new MarketOptionsValidator().Validate(null, new MarketOptions { Source = (MarketSource)source });
        Assert.Contains(key, result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_Simulator_SendsThePastAtOnceAndThenOneAnInterval()
    {
        var time = new ManualTimeProvider();
        var feed = new SimulatedFeed("AAPL", new MarketOptions { WarmUpBars = 10, UpdateIntervalSeconds = 2 }, time);
        await using var bars = feed.ReadAsync(CancellationToken.None).GetAsyncEnumerator();
        long last = 0;
        for (var i = 0; i < 11; i++)
        {
            Assert.True(await bars.MoveNextAsync());
            Assert.True(i == 0 || bars.Current.TimeNs - last == 2_000_000_000);
            last = bars.Current.TimeNs;
        }

        var next = bars.MoveNextAsync();
        Assert.False(next.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await next);
        Assert.Equal(2_000_000_000, bars.Current.TimeNs - last);
    }

    [Fact]
    public async Task ReadAsync_FileAtAFactor_KeepsItsTimes()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "date,close\n1970-01-01,5\n1970-01-02,6\n1970-01-03,7\n");
            var time = new ManualTimeProvider();
            var feed = CsvFeed.Open(path, speed: 86_400, time);
            Assert.Equal(86_400, feed.IntervalSeconds);
            await using var bars = feed.ReadAsync(CancellationToken.None).GetAsyncEnumerator();
            Assert.True(await bars.MoveNextAsync());
            var next = bars.MoveNextAsync();
            Assert.False(next.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(await next);
            Assert.Equal((DayNs, 6.0), (bars.Current.TimeNs, bars.Current.Close));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Next_EqualSeeds_GiveEqualBarsThatKeepTheRules()
    {
        var (a, b) = (new PriceGenerator(new PriceSettings(100, 7)), new PriceGenerator(new PriceSettings(100, 7)));
        double squares = 0, fourth = 0, before = 100;
        for (var i = 0; i < 20_000; i++)
        {
            var bar = a.Next(i);
            Assert.Equal(bar, b.Next(i));
            Assert.Null(bar.Fault());
            var change = (bar.Close / before) - 1;
            before = bar.Close;
            squares += change * change / 20_000;
            fourth += change * change * change * change / 20_000;
        }

        Assert.InRange(fourth / (squares * squares), 4, 200); // heavier tails than a bell's 3
        Assert.NotEqual(a.Next(1), new PriceGenerator(new PriceSettings(100, 8)).Next(1));
    }

    private static PriceBar Bar(int day) => new(day * DayNs, 10, 11, 9, 10, 100);

    private BarIntake Intake(MarketOptions options) => new("AAPL", options, new DailyFeed(), new MarketMetrics(Metrics.WithCustomRegistry(_registry)));

    private async Task<string> ExpositionAsync()
    {
        using var text = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(text, CancellationToken.None);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    private sealed class DailyFeed : IMarketFeed
    {
        public string Source => "test";

        public bool IsSimulated => false;

        public double IntervalSeconds => 86_400;

        public double Speed => 1;

        public IAsyncEnumerable<PriceBar> ReadAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
