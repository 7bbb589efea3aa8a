using System.Text;
using Prometheus;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Partitions;
using SignalStream.Processor.Rules;

namespace SignalStream.UnitTests.Processor.Rules;

public sealed class RuleStreamTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Process_ValueBeyondTheThreshold_IsRaisedAndClearedOnceWithOneFingerprint()
    {
        var bed = new Bed();
        bed.Set("fast", """{"name":"Fast","stream":"ecg.*","field":"heart_rate.bpm","threshold":140,"severity":"high"}""");
        bed.Rates(100, 150, 170, 160, 130, 120);
        var alerts = bed.Alerts;
        Assert.Equal([AlertState.Raised, AlertState.Cleared], alerts.Select(a => a.State));
        Assert.Equal(("rule_fast", "fast", "Fast", AlertSeverity.High), (alerts[0].Name, alerts[0].Rule, alerts[0].Title, alerts[0].Severity));
        Assert.Equal("heart rate is 150/min, above 140/min", alerts[0].Evidence);
        Assert.Equal("heart rate is 130/min, was 170/min at worst", alerts[1].Evidence);
        Assert.Equal((170, 140), (alerts[1].Value, alerts[1].Limit));
        Assert.Equal(alerts[0].Fingerprint, alerts[1].Fingerprint);
        Assert.Equal((Bed.StartNs + Second, Bed.StartNs + (4 * Second)), (alerts[1].StartNs, alerts[1].EndNs));
    }

    [Fact]
    public void Process_WithADuration_IsRaisedOnlyWhenItHeldForSoLong()
    {
        var bed = new Bed();
        bed.Set("fast", """{"field":"heart_rate.bpm","threshold":140,"forS":3}""");
        bed.Rates(150, 150, 150, 130, 150, 150, 150);
        Assert.Empty(bed.Alerts);
        bed.Rates(150);
        var raised = Assert.Single(bed.Alerts);
        Assert.Equal(Bed.StartNs + (4 * Second), raised.StartNs);
        Assert.Equal("heart rate is 150/min, above 140/min for 3 s", raised.Evidence);
    }

    [Fact]
    public void Process_WithAClear_DoesNotFlutter()
    {
        var bed = new Bed();
        bed.Set("fast", """{"field":"heart_rate.bpm","threshold":140,"clear":120}""");
        bed.Rates(141, 139, 141, 139, 121, 119, 139);
        Assert.Equal([AlertState.Raised, AlertState.Cleared], bed.Alerts.Select(a => a.State));
    }

    [Fact]
    public void Process_WithheldRate_NeitherRaisesNorClears()
    {
        var bed = new Bed();
        bed.Set("slow", """{"field":"heart_rate.bpm","compare":"<","threshold":50}""");
        bed.Rates(0, 0);
        Assert.Empty(bed.Alerts);
        bed.Rates(40, 0, 40);
        Assert.Single(bed.Alerts);
    }

    [Fact]
    public void Tick_StreamSilentForNoData_ClearsWithTheReason()
    {
        var bed = new Bed();
        bed.Set("fast", """{"field":"heart_rate.bpm","threshold":140,"noDataS":10}""");
        bed.Rates(150);
        bed.Ticks(9);
        Assert.Single(bed.Alerts);
        bed.Ticks(2);
        Assert.Equal(AlertState.Cleared, bed.Alerts[^1].State);
        Assert.Equal("no data: heart rate has had no value for 10 s", bed.Alerts[^1].Evidence);
    }

    [Fact]
    public void Tick_LogWasAway_IsNeitherSilenceNorDuration()
    {
        var bed = new Bed();
        bed.Set("fast", """{"field":"heart_rate.bpm","threshold":140,"noDataS":60}""");
        bed.Set("long", """{"field":"heart_rate.bpm","threshold":140,"forS":600}""");
        bed.Rates(150);
        bed.Away(3000);
        bed.Ticks(1);
        bed.Rates(150);
        Assert.Equal("rule_fast", Assert.Single(bed.Alerts).Name);
    }

    [Fact]
    public void Tick_StateThatIsToldOnChangeOnly_HoldsForTheDuration()
    {
        var bed = new Bed();
        bed.Set("down", """{"field":"target_state.condition","compare":"==","threshold":"down","forS":20,"noDataS":30}""");
        bed.Tell(place => new TargetStateEvent(place, "s", TargetHealth.Down, TargetHealth.Up, 1, ""));
        for (var i = 0; i < 60; i++)
        {
            bed.Ticks(1);
            bed.Rates(70); // Something of the stream is heard all the time.
        }

        Assert.Equal("condition has been down for 20 s", Assert.Single(bed.Alerts).Evidence);
        bed.Tell(place => new TargetStateEvent(place, "s", TargetHealth.Up, TargetHealth.Down, 1, ""));
        Assert.Equal((AlertState.Cleared, "condition is up"), (bed.Alerts[^1].State, bed.Alerts[^1].Evidence));
    }

    [Fact]
    public void Set_WhileTheStateStandsAlready_IsJudgedAtOnce()
    {
        var bed = new Bed();
        bed.Tell(place => new TargetStateEvent(place, "s", TargetHealth.Down, TargetHealth.Up, 1, ""));
        bed.Set("down", """{"field":"target_state.condition","compare":"==","threshold":"down"}""");
        Assert.Single(bed.Alerts);
    }

    [Fact]
    public void Process_AnomalyThatEnds_ClearsItsAlert()
    {
        var bed = new Bed();
        bed.Set("odd", """{"field":"anomaly[metric=rtt_ms].score","compare":">=","threshold":0.8}""");
        bed.Tell(place => new AnomalyEvent(place, "a", "rtt_ms", "spike", place.TimeNs, null, 0.9, ""));
        bed.Tell(place => new AnomalyEvent(place, "a", "loss", "loss", place.TimeNs, place.TimeNs, 0.9, ""));
        Assert.Single(bed.Alerts);
        bed.Tell(place => new AnomalyEvent(place, "a", "rtt_ms", "spike", place.TimeNs, place.TimeNs, 0.9, ""));
        Assert.Equal([AlertState.Raised, AlertState.Cleared], bed.Alerts.Select(a => a.State));
        Assert.Equal(("anomaly score of rtt_ms is 0.9, at least 0.8", "the anomaly is over"), (bed.Alerts[0].Evidence, bed.Alerts[1].Evidence));
    }

    [Theory]
    [InlineData(289.94, "median round trip over 10 s is 290 ms, above 200 ms for 1 s", "median round trip over 10 s is 12.3 ms, was 290 ms at worst")]
    [InlineData(200.3, "median round trip over 10 s is 200.3 ms, above 200 ms for 1 s", "median round trip over 10 s is 12.3 ms, was 200.3 ms at worst")]
    [InlineData(1234.5, "median round trip over 10 s is 1235 ms, above 200 ms for 1 s", "median round trip over 10 s is 12.3 ms, was 1235 ms at worst")]
    public void Alert_OfANumber_SaysItInThreeDigitsOrSoThatItDiffersFromItsLimit(double ms, string raised, string cleared)
    {
        var line = new Bed("net.eu");
        line.Latencies(ms, ms, 12.345);
        Assert.Equal([raised, cleared], line.Alerts.Select(a => a.Evidence));
    }

    [Fact]
    public void Alert_OfYesAndNo_SaysWhich()
    {
        var bed = new Bed();
        bed.Set("poor", """{"field":"beat.poor_signal","compare":"==","threshold":true}""");
        foreach (var isPoor in new[] { true, false })
            bed.Tell(place => new BeatEvent(place, "b", 800, 1, 90, 1, BeatKind.Normal) { IsPoorSignal = isPoor });
        Assert.Equal(["beat in poor signal: yes", "beat in poor signal: no"], bed.Alerts.Select(a => a.Evidence));
    }

    [Theory]
    [InlineData("", "the rule was removed")]
    [InlineData("""{"field":"heart_rate.bpm","threshold":140,"enabled":false}""", "the rule was turned off")]
    [InlineData("""{"field":"heart_rate.bpm","threshold":160}""", "the rule was changed")]
    [InlineData("""{"field":"heart_rate.bpm","threshold":140,"stream":"net.*"}""", "the rule was changed")]
    public void Set_RuleThatFires_EndsItsAlert(string json, string why)
    {
        var bed = new Bed();
        bed.Set("fast", """{"field":"heart_rate.bpm","threshold":140}""");
        bed.Rates(150);
        bed.Set("fast", json);
        bed.Rates(150);
        Assert.Equal([AlertState.Raised, AlertState.Cleared], bed.Alerts.Select(a => a.State));
        Assert.Equal(why, bed.Alerts[^1].Evidence);
    }

    [Fact]
    public void BuiltInRule_OfLatency_CanBeChangedTurnedOffAndTakenBack()
    {
        var line = new Bed("net.eu");
        line.Latencies(250, 250, 250, 100);
        Assert.Equal([AlertState.Raised, AlertState.Cleared], line.Alerts.Select(a => a.State));
        Assert.Equal("rule_latency", line.Alerts[0].Name);
        line.Set("latency", """{"field":"latency_statistics.p50_ms","threshold":50,"stream":"net.*"}""");
        line.Latencies(60);
        Assert.Equal(3, line.Alerts.Count);
        line.Set("latency", """{"field":"latency_statistics.p50_ms","threshold":50,"enabled":false}""");
        line.Latencies(60, 500, 500, 500);
        Assert.Equal(4, line.Alerts.Count);
        line.Set("latency", "");
        line.Latencies(60, 500, 500, 500);
        Assert.Equal((5, AlertState.Raised), (line.Alerts.Count, line.Alerts[^1].State));
    }

    [Fact]
    public void Set_NoRule_CountsForNothing()
    {
        var bed = new Bed();
        bed.Set("fast", "no JSON");
        bed.Set("FAST", """{"field":"heart_rate.bpm","threshold":140}""");
        bed.Rates(150, 150);
        Assert.Empty(bed.Alerts);
    }

    [Fact]
    public void RuleThatMatchesEverything_IsBoundedAndSaysSoOnce()
    {
        var group = Bed.NewGroup(new RuleOptions { AlertsPerHour = 5, AllAlertsPerHour = 100 });
        var beds = Enumerable.Range(0, 50).Select(i => new Bed($"ecg.bed-{i}", group)).ToArray();
        foreach (var bed in beds)
        {
            bed.Set("all", """{"field":"heart_rate.bpm","threshold":0}""");
            bed.Rates(70);
        }

        var alerts = beds.SelectMany(b => b.Alerts).ToArray();
        Assert.Equal(5, alerts.Count(a => a.Name == "rule_all"));
        var told = Assert.Single(alerts, a => a.Name == "suppressed_all");
        Assert.Equal((AlertState.Raised, AlertSeverity.Low), (told.State, told.Severity));
        foreach (var bed in beds)
            bed.Ticks(3600);
        alerts = [.. beds.SelectMany(b => b.Alerts)];
        Assert.Equal([AlertState.Raised, AlertState.Cleared], alerts.Where(a => a.Fingerprint == told.Fingerprint).Select(a => a.State));
    }

    [Fact]
    public void Restore_SavedAnywhere_TellsTheSame()
    {
        var whole = new Bed();
        Play(whole, 0, 900);
        Assert.True(whole.Outputs.Count > 40);
        foreach (var cut in new[] { 0, 1, 17, 133, 400, 401, 655, 899 })
        {
            var first = new Bed();
            Play(first, 0, cut);
            var second = first.TakenOver();
            Play(second, cut, 900);
            Assert.Equal(whole.Outputs, [.. first.Outputs, .. second.Outputs]);
        }
    }

    [Fact]
    public void Outputs_OfAKind_RiseInTheirPlaces()
    {
        var bed = new Bed();
        Play(bed, 0, 900);
        foreach (var kind in bed.Outputs.GroupBy(o => o.Kind))
        {
            var places = kind.Select(o => (o.Place.Epoch, o.Place.Index)).ToArray();
            Assert.Equal(places.Order().Distinct(), places);
        }
    }

    /// <summary>A step of a script that is the same each time: values, ticks, changes of rules.</summary>
    private static void Play(Bed bed, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var random = new Random(i);
            if (i % 60 == 10)
                bed.Set("fast", $$"""{"field":"heart_rate.bpm","threshold":{{100 + random.Next(40)}},"forS":{{random.Next(4)}},"noDataS":5}""");
            else if (i % 150 == 120)
                bed.Set("fast", "");
            else if (i == 3)
                bed.Set("down", """{"field":"target_state.condition","compare":"!=","threshold":"up","forS":2}""");
            else if (i % 9 == 0)
                bed.Tell(place => new TargetStateEvent(place, "s", (TargetHealth)random.Next(4), TargetHealth.Up, 1, ""));
            else if (i % 70 > 55)
                bed.Ticks(1);
            else
                bed.Rates(random.Next(5) == 0 ? 0 : 90 + random.Next(60));
        }
    }

    /// <summary>A worker and what it told; an event a second.</summary>
    private sealed class Bed
    {
        public const long StartNs = 1_780_000_000L * Second;

        private readonly StreamId _stream;
        private readonly Dictionary<string, string> _rules = [];
        private RuleGroup _group;
        private ulong _next;
        private long _nowNs = StartNs;

        public Bed(string stream = "ecg.bed-1", RuleGroup? group = null)
        {
            (_stream, _group) = (StreamId.Parse(stream), group ?? NewGroup(new RuleOptions { AlertsPerHour = 10 }));
            Worker = _group.NewWorker(_stream);
        }

        public IStreamWorker Worker { get; private set; }

        public List<SignalEvent> Outputs { get; } = [];

        public List<AlertEvent> Alerts => [.. Outputs.OfType<AlertEvent>()];

        public static RuleGroup NewGroup(RuleOptions options) => new(options, new RuleMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())));

        public void Set(string id, string json)
        {
            _rules[id] = json;
            Worker.Set($"rule.{id}", Encoding.UTF8.GetBytes(json), Outputs);
        }

        public void Rates(params double[] bpm)
        {
            foreach (var rate in bpm)
                Tell(place => new HeartRateEvent(place, "rate/1", rate, rate, 8, 1, rate == 0 ? "lead off" : null));
        }

        public void Latencies(params double[] ms)
        {
            foreach (var p50 in ms)
                Tell(place => new LatencyStatisticsEvent(place, "l", [new LatencyWindow(10, 20, 0, p50, p50, p50, p50, p50, 1, 1, 0, 4, LineQuality.Great)]));
        }

        public void Tell(Func<EventPlace, SignalEvent> happened)
        {
            var bytes = EventCodec.Encode(happened(new EventPlace(_stream, 1, ++_next, _nowNs)));
            Assert.Null(Worker.Process(new LogMessage(_next, _nowNs, bytes), Outputs));
            _nowNs += Second;
        }

        public void Ticks(int seconds)
        {
            for (var i = 0; i < seconds; i++, _nowNs += Second)
                Worker.Tick(_nowNs, Outputs);
        }

        public void Away(int seconds) => _nowNs += seconds * Second;

        /// <summary>What another owner has: the settings in force, then the state.</summary>
        public Bed TakenOver()
        {
            var group = NewGroup(new RuleOptions { AlertsPerHour = 10 });
            group.Restore(_group.Save());
            var other = new Bed(_stream.ToString(), group) { _next = _next, _nowNs = _nowNs };
            foreach (var (id, json) in _rules.Where(r => r.Value.Length > 0))
                other.Set(id, json);
            other.Outputs.Clear();
            other.Worker.Restore(Worker.Save());
            foreach (var (id, json) in _rules)
                other._rules[id] = json;
            return other;
        }
    }
}
