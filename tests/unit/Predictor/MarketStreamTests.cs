using System.Text;
using Prometheus;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Partitions;
using SignalStream.Predictor.Backtest;
using SignalStream.Predictor.Market;
using SignalStream.UnitTests.Signal.Forecasting;

namespace SignalStream.UnitTests.Predictor;

public sealed class MarketStreamTests
{
    private static readonly StreamId Symbol = new("market", "TEST");
    private static readonly PriceReading[] Bars = [.. PriceBars.Make(31, 400).Select((bar, i) =>
        new PriceReading(7, (ulong)i, bar.TimeNs, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume) { IsSimulated = true, Currency = "USD" })];

    [Fact]
    public void Process_SixtyBars_TellsAnOutlookWithEachFromThere()
    {
        var outputs = Run(New(), Bars[..100]);
        var outlooks = outputs.OfType<PriceOutlookEvent>().ToArray();
        Assert.Equal(41, outlooks.Length);
        var last = outlooks[^1];
        Assert.Equal(Bars[99].Close, last.Price);
        Assert.Equal((99UL, 7U), (last.Place.Index, last.Place.Epoch));
        Assert.Equal([1, 3, 6, 12], last.Horizons.Select(h => h.Steps));
        Assert.InRange(last.Confidence, 0.5, 1);
        Assert.Equal(14, last.Indicators.Count);
        Assert.True(last.IsSimulated);
        Assert.Equal("price-2", last.MadeBy);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(200)]
    public void Walk_TheSameBars_GivesTheLiveEventsByteForByte(int restartAt)
    {
        var live = New(recordEvery: 1);
        var events = Run(live, Bars[..restartAt]);
        var restored = New(recordEvery: 1);
        restored.Restore(live.Save());
        events.AddRange(Run(restored, Bars[restartAt..]));
        var tested = Backtest.Walk(Symbol, Bars, "price-2");
        Assert.Equal(events.Select(EventCodec.Encode), tested.Select(EventCodec.Encode));
    }

    [Fact]
    public void Walk_LaterBarsChanged_LeavesEarlierForecastsAsTheyWere()
    {
        PriceReading[] other = [.. Bars[..200], .. Bars[200..].Select(b => b with { Open = 1, High = 2, Low = 1, Close = 2 })];
        var before = Backtest.Walk(Symbol, Bars, "price-2").TakeWhile(e => e.Place.Index < 200).Select(EventCodec.Encode);
        var after = Backtest.Walk(Symbol, other, "price-2").TakeWhile(e => e.Place.Index < 200).Select(EventCodec.Encode);
        Assert.Equal(before, after);
    }

    [Fact]
    public void Set_AnotherModel_IsShownFromThereOnAndBothKeepTheirRecord()
    {
        var worker = New();
        Run(worker, Bars[..100]);
        worker.Set("market", Encoding.UTF8.GetBytes("""{"model":"price-1"}"""), []);
        var outputs = Run(worker, Bars[100..140]);
        Assert.All(outputs.OfType<PriceOutlookEvent>(), o => Assert.Equal("price-1", o.MadeBy));
        var records = outputs.OfType<ModelRecordEvent>().Where(r => r.Place.Index == 130).ToArray();
        Assert.Equal([("price-1", true), ("price-2", false)], records.Select(r => (r.MadeBy, r.IsShown)));
        Assert.All(records, r => Assert.Equal(71UL, r.Horizons[0].Outcomes));

        worker.Set("market", default, []);
        Assert.Equal("price-2", Run(worker, Bars[140..141]).OfType<PriceOutlookEvent>().Single().MadeBy);
    }

    [Theory]
    [InlineData("""{"model":"none"}""")]
    [InlineData("""{"modell":"price-1"}""")]
    [InlineData("[")]
    public void Set_NoModel_CountsForNothing(string json)
    {
        var worker = New();
        worker.Set("market", Encoding.UTF8.GetBytes(json), []);
        Assert.Equal("price-2", Run(worker, Bars[..61]).OfType<PriceOutlookEvent>().Last().MadeBy);
    }

    [Fact]
    public void Process_BarsAgain_ArePassedOver()
    {
        var worker = New();
        Run(worker, Bars[..80]);
        Assert.Empty(Run(worker, Bars[..80]));
        Assert.NotEmpty(Run(worker, Bars[80..81]));
    }

    [Fact]
    public void Process_SimulationThatStartsOver_BeginsAnew()
    {
        var worker = New();
        Run(worker, Bars[..100]);
        Assert.Empty(Run(worker, Bars[..59].Select(b => b with { Epoch = 8 })).OfType<PriceOutlookEvent>());
    }

    [Fact]
    public void Process_LiveProducerThatComesBack_GoesOn()
    {
        var worker = New();
        Run(worker, Bars[..100].Select(b => b with { IsSimulated = false }));
        var next = Bars[100] with { IsSimulated = false, Epoch = 8, Index = 0 };
        Assert.Single(Run(worker, [next]).OfType<PriceOutlookEvent>());
    }

    [Fact]
    public void Process_NoBar_IsRejectedWithTheReason()
    {
        var worker = New();
        Assert.Equal("NoPriceBar", worker.Process(new LogMessage(1, 0, new byte[] { 0xFF, 0x01 }), [])!.Value.Word);
        Assert.Equal("BadPrice", Offer(worker, Bars[0] with { Low = -1 })!.Value.Word);
        Assert.Null(Offer(worker, Bars[1]));
        Assert.Equal("OutOfOrder", Offer(worker, Bars[2] with { TimeNs = Bars[0].TimeNs })!.Value.Word);
    }

    [Fact]
    public void Encode_OutlooksAndRecords_DecodeToTheSameFields()
    {
        foreach (var made in Run(New(recordEvery: 1), Bars[..70]))
        {
            var bytes = EventCodec.Encode(made);
            Assert.True(EventCodec.TryDecode(bytes, out var read, out _));
            Assert.Equal(made.MessageId, read.MessageId);
            Assert.Equal(SignalType.Forecast, read.Type);
            Assert.Equal(bytes, EventCodec.Encode(read));
        }
    }

    private static MarketStream New(int recordEvery = 10) => new(
        Symbol, new MarketOptions { RecordEvery = recordEvery }, new MarketMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())));

    private static Rejection? Offer(MarketStream worker, PriceReading bar) =>
        worker.Process(new LogMessage(1, bar.TimeNs, PriceCodec.Encode(bar)), []);

    private static List<SignalEvent> Run(MarketStream worker, IEnumerable<PriceReading> bars)
    {
        var outputs = new List<SignalEvent>();
        foreach (var bar in bars)
            Assert.Null(worker.Process(new LogMessage(1, bar.TimeNs, PriceCodec.Encode(bar)), outputs));
        return outputs;
    }
}
