using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;

namespace SignalStream.UnitTests.Messaging;

public class EventPeekTests
{
    private static readonly EventPlace s_place = new(new StreamId("net", "a"), 1_780_000_000, 7, 1_780_000_000_123_456_789);

    [Fact]
    public void Is_OfEachKind_IsToldWithoutDecoding()
    {
        var statistics = EventCodec.Encode(new LatencyStatisticsEvent(s_place, "latency-1", []));
        var anomaly = EventCodec.Encode(new AnomalyEvent(s_place, "line-1", "rtt_ms", "spike", 1, null, 0.9, "why"));
        var rate = EventCodec.Encode(new HeartRateEvent(s_place, "rate-1", 60, 61, 8, 1, null));
        Assert.Equal([true, false, false], new[] { statistics, anomaly, rate }.Select(e => EventPeek.IsLatencyStatistics(e)));
        Assert.Equal([false, true, false], new[] { statistics, anomaly, rate }.Select(e => EventPeek.IsAnomaly(e)));
    }

    [Fact]
    public void Is_OfBytesThatAreNone_IsFalse()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            // Nothing is thrown, however wrong the lengths are.
            _ = EventPeek.IsAnomaly(bytes);
        }

        Assert.False(EventPeek.IsAnomaly([]));
        Assert.False(EventPeek.IsAnomaly([0xFF, 0xFF, 0xFF]));
    }
}
