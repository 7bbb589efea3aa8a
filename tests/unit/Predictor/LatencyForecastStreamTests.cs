using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Partitions;
using SignalStream.Predictor.Latency;

namespace SignalStream.UnitTests.Predictor;

public sealed class LatencyForecastStreamTests
{
    private static readonly ProbeReading[] Readings = [.. Enumerable.Range(0, 200).Select(i =>
        new ProbeReading(5, (ulong)i, (i + 1) * 1_000_000_000L, ProbeKind.Tcp, i % 10 == 3 ? ProbeOutcome.TimedOut : ProbeOutcome.Answered, i % 10 == 3 ? 0 : 20 + (i % 7)))];

    [Fact]
    public void Process_Answers_AreForecastFourStepsAhead()
    {
        var outputs = Run(New(), Readings);
        var last = outputs.OfType<ForecastEvent>().Where(f => f.Place.Index == 199).ToArray();
        Assert.Equal([1, 3, 6, 12], last.Select(f => f.Steps));
        Assert.Equal(4, last.Select(f => f.MessageId).Distinct().Count());
        Assert.All(last, f => Assert.InRange(f.Point, 19, 27));
        Assert.DoesNotContain(outputs, e => e.Place.Index % 10 == 3);
        Assert.Equal(120UL, outputs.OfType<ModelRecordEvent>().Last().Horizons[0].Outcomes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(133)]
    public void Restore_CutAnywhere_TellsTheSameEvents(int cut)
    {
        var whole = Run(New(), Readings);
        var first = New();
        var parts = Run(first, Readings[..cut]);
        var second = New();
        second.Restore(first.Save());
        parts.AddRange(Run(second, Readings[cut..]));
        Assert.Equal(whole.Select(EventCodec.Encode), parts.Select(EventCodec.Encode));
    }

    [Fact]
    public void Process_ReadingsAgain_ArePassedOver()
    {
        var worker = New();
        Run(worker, Readings);
        Assert.Empty(Run(worker, Readings));
        Assert.Equal("NoProbeReading", worker.Process(new LogMessage(1, 0, new byte[] { 0xFF }), [])!.Value.Word);
    }

    private static LatencyForecastStream New() => new(new StreamId("net", "x"), 60);

    private static List<SignalEvent> Run(LatencyForecastStream worker, IEnumerable<ProbeReading> readings)
    {
        var outputs = new List<SignalEvent>();
        foreach (var reading in readings)
            Assert.Null(worker.Process(new LogMessage(1, reading.SentNs, ReadingCodec.Encode(reading)), outputs));
        return outputs;
    }
}
