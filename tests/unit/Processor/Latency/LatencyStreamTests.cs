using Prometheus;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Partitions;
using SignalStream.Processor.Latency;

namespace SignalStream.UnitTests.Processor.Latency;

public sealed class LatencyStreamTests
{
    private const long StartNs = 1_780_000_000_000_000_000;
    private const long HalfSecond = 500_000_000;
    private const uint Epoch = 1_780_000_000;
    private static readonly StreamId Stream = new("net", "eu-west");

    [Fact]
    public void Process_AMinute_TellsStatisticsEverySecond()
    {
        var line = new Line();
        for (var i = 0; i < 120; i++)
            line.Read(20);
        var statistics = line.Told<LatencyStatisticsEvent>();
        Assert.Equal(60, statistics.Count);
        Assert.Equal([10, 60, 300], statistics[^1].Windows.Select(w => w.Seconds));
        Assert.Equal(20, statistics[^1].Windows[0].Readings);
        Assert.Equal(LineQuality.Great, statistics[^1].Windows[0].Quality);
        var state = Assert.Single(line.Told<TargetStateEvent>());
        Assert.Equal((state.Health, state.SinceNs), (statistics[^1].Health, statistics[^1].HealthSinceNs));
        Assert.Equal(TargetHealth.Up, statistics[^1].Health);
        Assert.Equal(SignalType.Finding, statistics[0].Type);
    }

    [Fact]
    public void Process_ThreeWithoutAnswer_IsConnectionLostUntilItAnswers()
    {
        var line = new Line();
        line.Read(20, 20, 20, 20, float.NaN, float.NaN, float.NaN, float.NaN, 20, 20, 20);
        Assert.Equal(
            [(2UL, TargetHealth.Up), (6UL, TargetHealth.Down), (10UL, TargetHealth.Degraded)],
            line.Told<TargetStateEvent>().Select(s => (s.Place.Index, s.Health)));
        var alerts = line.Told<AlertEvent>();
        Assert.Equal([(6UL, AlertState.Raised), (10UL, AlertState.Cleared)], alerts.Select(a => (a.Place.Index, a.State)));
        Assert.All(alerts, a => Assert.Equal(("connection_lost", AlertSeverity.High, StartNs + (4 * HalfSecond)), (a.Name, a.Severity, a.StartNs)));
        Assert.Single(alerts.Select(a => a.Fingerprint).Distinct());
    }

    [Fact]
    public void Process_Spike_IsAnAnomalyWithAReason()
    {
        var line = new Line();
        for (var i = 0; i < 300; i++)
            line.Read(20 + (i % 7 / 10f));
        line.Read(90);
        for (var i = 0; i < 60; i++)
            line.Read(20 + (i % 7 / 10f));
        var told = line.Told<AnomalyEvent>();
        Assert.Equal([(300UL, false), (340UL, true)], told.Select(a => (a.Place.Index, a.EndNs is not null)));
        Assert.StartsWith("a reading of 90 ms is 69.7 above the usual 20.3", told[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Process_RepeatsAndOldEpochs_ArePassedOver()
    {
        var line = new Line();
        line.Read(20, 20, 20);
        var before = line.Outputs.Count;
        line.Send(Epoch, 1, 500);
        line.Send(Epoch - 1, 7, 500);
        Assert.Equal(before, line.Outputs.Count);
    }

    [Fact]
    public void Process_ReadingsMissing_IsAGap()
    {
        var line = new Line();
        line.Send(Epoch, 0, 20);
        line.Send(Epoch, 5, 20);
        var gap = Assert.Single(line.Told<GapEvent>());
        Assert.Equal((1UL, 4UL), (gap.Place.Index, gap.Missing));
    }

    [Fact]
    public void Process_NewEpoch_KeepsWhatIsKnown()
    {
        var line = new Line();
        line.Read(20, 20, 20, 20);
        line.Send(Epoch + 1, 0, 20);
        Assert.Equal(5, line.Told<LatencyStatisticsEvent>()[^1].Windows[0].Readings);
        Assert.Single(line.Told<TargetStateEvent>());
    }

    [Fact]
    public void Process_NoReading_IsRejectedWithTheRule()
    {
        var line = new Line();
        var rejection = line.Worker.Process(new LogMessage(1, StartNs, new byte[] { 0xFF }), line.Outputs);
        Assert.Equal("NotAReading", rejection!.Value.Word);
    }

    [Fact]
    public void Tick_NothingComes_IsUnknownOnceAndAlertsEndAfterTenMinutes()
    {
        var line = new Line();
        line.Read(20, 20, 20, float.NaN, float.NaN, float.NaN);
        line.Tick(700);
        Assert.Equal([TargetHealth.Up, TargetHealth.Down, TargetHealth.Unknown], line.Told<TargetStateEvent>().Select(s => s.Health));
        Assert.Equal([AlertState.Raised, AlertState.Cleared], line.Told<AlertEvent>().Select(a => a.State));
    }

    [Fact]
    public void Tick_LogWasAway_IsNotBelieved()
    {
        var line = new Line();
        line.Read(20, 20, 20);
        line.Worker.Tick(StartNs + (3600 * 2 * HalfSecond), line.Outputs);
        Assert.Single(line.Told<TargetStateEvent>());
    }

    [Fact]
    public void Restore_SavedAnywhere_TellsTheSame()
    {
        var random = new Random(9);
        var values = Enumerable.Range(0, 900).Select(i => random.Next(30) == 0 ? float.NaN : (i / 200 % 2 == 0 ? 20 : 90) + random.NextSingle()).ToArray();
        var whole = new Line();
        whole.Read(values);
        foreach (var cut in new[] { 0, 1, 119, 350, 420, 700 })
        {
            var (first, second) = (new Line(), new Line());
            first.Read(values[..cut]);
            second.Read(1, 2, 3);
            second.TakeOver(first);
            second.Read(values[cut..]);
            Assert.Equal(whole.Outputs.Skip(first.Outputs.Count), second.Outputs);
        }
    }

    [Fact]
    public void Outputs_OfAKind_RiseInTheirPlaces()
    {
        var random = new Random(10);
        var line = new Line();
        for (var i = 0; i < 3000; i++)
        {
            if (random.Next(100) == 0)
                line.Tick(20);
            line.Read(random.Next(4) == 0 ? float.NaN : 250 * random.NextSingle());
        }

        foreach (var kind in line.Outputs.GroupBy(o => o.Kind))
        {
            var places = kind.Select(o => o.Place.Index).ToArray();
            Assert.Equal(places.Order().Distinct(), places);
        }
    }

    /// <summary>A worker and what it told, two readings a second.</summary>
    private sealed class Line
    {
        private ulong _next;
        private ulong _sequence;
        private long _nowNs = StartNs;

        public LatencyStream Worker { get; private set; } = New();

        public List<SignalEvent> Outputs { get; } = [];

        public List<T> Told<T>() => [.. Outputs.OfType<T>()];

        public void Read(params float[] values)
        {
            foreach (var value in values)
                Send(Epoch, _next++, value);
        }

        public void Send(uint epoch, ulong index, float ms)
        {
            var answered = !float.IsNaN(ms);
            var reading = new ProbeReading(epoch, index, _nowNs, ProbeKind.Tcp, answered ? ProbeOutcome.Answered : ProbeOutcome.TimedOut, answered ? ms : 0)
            {
                IntervalMs = 500,
                TimeoutMs = 1000,
            };
            Assert.Null(Worker.Process(new LogMessage(++_sequence, _nowNs, ReadingCodec.Encode(reading)), Outputs));
            _nowNs += HalfSecond;
        }

        public void Tick(int seconds)
        {
            for (var i = 0; i < seconds; i++, _nowNs += 2 * HalfSecond)
                Worker.Tick(_nowNs, Outputs);
        }

        public void TakeOver(Line other)
        {
            Worker = New();
            Worker.Restore(other.Worker.Save());
            (_next, _sequence, _nowNs) = (other._next, other._sequence, other._nowNs);
            Outputs.Clear();
        }

        private static LatencyStream New() => new(Stream, new LatencyOptions(), new LatencyMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())));
    }
}
