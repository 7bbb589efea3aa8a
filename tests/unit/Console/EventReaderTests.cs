using System.Text.Json;
using SignalStream.Terminal.Events;

namespace SignalStream.UnitTests.Terminal;

public sealed class EventReaderTests
{
    [Fact]
    public void Read_Outlook_GivesItsLeavesAndWords()
    {
        var e = Assert.Single(Read("""
            {"type":"event","stream":"market.AAPL","topic":1,"epoch":7,"index":9,"time":1780000000000.5,"priceOutlook":{"price":101.5,"currency":"USD",
            "simulated":true,"trend":"BULLISH","confidence":0.62,"horizons":[{"steps":1,"point":102,"intervals":[{"level":0.5,"low":101,"high":103},
            {"level":0.8,"low":100,"high":104}]}]}}
            """));
        Assert.Equal(("market.AAPL", "priceOutlook", 7, 9, 1780000000000.5), (e.Stream, e.Kind, e.Epoch, e.Index, e.TimeMs));
        Assert.Equal(102, e.Number("horizons.0.point"));
        Assert.Equal("101.50 USD, next 102.00, 80 % in 100.00 to 104.00, BULLISH, confidence 62 %, simulated", EventText.Of(e));
    }

    [Theory]
    [InlineData("""{"probe":"tcp","outcome":"answered","rttMs":21.437,"target":"a:80","address":"192.0.2.1"}""", "21.44 ms, 192.0.2.1")]
    [InlineData("""{"probe":"tcp","outcome":"timed_out","rttMs":null,"target":"a:80"}""", "timed out")]
    [InlineData("""{"probe":"http","outcome":"refused","rttMs":null,"target":"http://a","error":"503"}""", "refused, 503")]
    public void Read_Reading_IsItsRoundTripOrWhyThereIsNone(string reading, string words)
    {
        var e = Assert.Single(Read($$"""{"type":"event","stream":"net.a","topic":1,"epoch":7,"index":9,"time":1,"log":"reading","sequence":3,"probeReading":{{reading}}}"""));
        Assert.Equal(("probeReading", "reading", words), (e.Kind, e.Log, EventText.Of(e)));
    }

    [Fact]
    public void Read_Samples_GivesOneEventASampleWithItsOwnTime()
    {
        var samples = Read("""{"type":"samples","stream":"ecg.bed-1","topic":1,"epoch":7,"first":250,"time":1000,"rateHz":250,"values":[[0.1,null],[1,2]]}""");
        Assert.Equal([250L, 251L], samples.Select(s => s.Index));
        Assert.Equal([1000d, 1004d], samples.Select(s => s.TimeMs));
        Assert.Equal([new Field("0", ""), new Field("1", "2")], samples[1].Fields);
    }

    [Fact]
    public void Read_Envelope_GivesMinimumAndMaximumOfEachColumn()
    {
        var columns = Read("""{"type":"envelope","stream":"ecg.bed-1","topic":1,"epoch":7,"first":8,"time":0,"rateHz":250,"scale":2,"values":[[-1,1,-2,2]]}""");
        Assert.Equal([8L, 12L], columns.Select(c => c.Index));
        Assert.Equal([-2d, 2d], [columns[1].Number("0.min"), columns[1].Number("0.max")]);
    }

    [Theory]
    [InlineData("ecg.bed-*", "ecg.bed-1", true)]
    [InlineData("ecg.bed-*", "net.bed-1", false)]
    [InlineData("*", "net.a", true)]
    [InlineData("ecg.b", "ecg.bb", false)]
    public void Matches_Pattern_TakesWhatItSays(string pattern, string stream, bool expected) =>
        Assert.Equal(expected, StreamPattern.Parse(pattern)!.Matches(stream));

    [Theory]
    [InlineData("ecg")]
    [InlineData("ecg.a.b")]
    [InlineData("ecg.bed 1")]
    public void Parse_NoPattern_IsNull(string text) => Assert.Null(StreamPattern.Parse(text));

    private static StreamEvent[] Read(string json) => [.. EventReader.Read(JsonDocument.Parse(json).RootElement)];
}
