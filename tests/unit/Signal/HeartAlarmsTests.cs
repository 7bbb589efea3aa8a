using SignalStream.Signal.Alarms;
using SignalStream.Signal.Beats;

namespace SignalStream.UnitTests.Signal;

public sealed class HeartAlarmsTests
{
    private const double RateHz = 250;

    [Fact]
    public void Judge_BeatsStop_RaisesAsystoleWithinTenSecondsAndClearsItWithTheThirdBeat()
    {
        var lead = new MonitorLead(RateHz, 60);
        for (var at = 0.5; at < 20; at += 0.75) lead.AddBeat(at);
        for (var at = 35.0; at < 60; at += 0.75) lead.AddBeat(at);
        AddMurmur(lead);
        var changes = Run(lead).Where(alarm => alarm.Kind == AlarmKind.Asystole).ToList();
        Assert.Equal([AlarmChange.Raised, AlarmChange.Cleared], changes.Select(alarm => alarm.Change));
        Assert.All(changes, alarm => Assert.Equal((AlarmSeverity.High, 4000f), (alarm.Severity, alarm.Limit)));
        Assert.Equal(20, changes[0].StartSample / RateHz, 0.8);
        Assert.InRange((changes[0].Sample - changes[0].StartSample) / RateHz, 4, 6);
        Assert.InRange(changes[0].Value, 4000, 6000);
        Assert.Equal(changes[0].StartSample, changes[1].StartSample);
        Assert.InRange(changes[1].Sample / RateHz, 36.5, 40);
        Assert.InRange(changes[1].Value, 14_000, 16_000);
    }

    [Fact]
    public void Judge_NoBeatFromTheStart_RaisesAsystole()
    {
        var lead = new MonitorLead(RateHz, 12);
        AddMurmur(lead);
        var raised = Assert.Single(Run(lead));
        Assert.Equal((AlarmKind.Asystole, AlarmChange.Raised, 0L), (raised.Kind, raised.Change, raised.StartSample));
    }

    [Fact]
    public void Judge_PauseUnderFourSeconds_RaisesNothing()
    {
        var lead = new MonitorLead(RateHz, 60);
        for (var at = 0.5; at < 20; at += 0.75) lead.AddBeat(at);
        for (var at = 23.1; at < 60; at += 0.75) lead.AddBeat(at);
        AddMurmur(lead);
        Assert.Empty(Run(lead, new HeartAlarmOptions { LowBpm = 30 }));
    }

    [Theory]
    [InlineData(130, AlarmKind.Tachycardia, AlarmSeverity.Medium)]
    [InlineData(180, AlarmKind.Tachycardia, AlarmSeverity.High)]
    [InlineData(46, AlarmKind.Bradycardia, AlarmSeverity.Medium)]
    [InlineData(30, AlarmKind.Bradycardia, AlarmSeverity.High)]
    public void Judge_RateBeyondALimit_RaisesWithinTenSeconds(double bpm, AlarmKind kind, AlarmSeverity severity)
    {
        var changes = Run(MonitorRhythm.Step(RateHz, 80, bpm, 30, 60));
        Assert.All(changes, alarm => Assert.Equal(kind, alarm.Kind));
        Assert.Equal(AlarmChange.Raised, changes[0].Change);
        Assert.InRange(changes[0].Sample / RateHz, 30, 40);
        Assert.Equal(severity, changes[^1].Severity);
        Assert.InRange(changes.Count, 1, severity == AlarmSeverity.High ? 2 : 1);
    }

    [Fact]
    public void Judge_RateComesBack_ClearsOnlyBeyondTheHysteresis()
    {
        var alarms = new HeartAlarms(RateHz);
        alarms.Restart(0);
        float[] rates = [110, 125, 125, 130, 119, 118, 119, 121, 116, 118, 116, 116];
        var changes = rates.SelectMany((bpm, second) => Judge(alarms, second, bpm)).ToList();
        Assert.Equal([(AlarmChange.Raised, 2 * 250L, 125f), (AlarmChange.Cleared, 11 * 250L, 130f)], changes.Select(a => (a.Change, a.Sample, a.Value)));
        Assert.All(changes, alarm => Assert.Equal((250L, 120f), (alarm.StartSample, alarm.Limit)));
    }

    [Fact]
    public void Judge_RateFarBeyond_TellsThatItWorsened()
    {
        var alarms = new HeartAlarms(RateHz);
        alarms.Restart(0);
        float[] rates = [125, 125, 145, 125, 110, 110];
        var changes = rates.SelectMany((bpm, second) => Judge(alarms, second, bpm)).ToList();
        Assert.Equal(
            [(AlarmChange.Raised, AlarmSeverity.Medium, 125f), (AlarmChange.Worsened, AlarmSeverity.High, 145f), (AlarmChange.Cleared, AlarmSeverity.High, 145f)],
            changes.Select(a => (a.Change, a.Severity, a.Value)));
    }

    [Fact]
    public void Judge_RateBeyondOnce_RaisesNothing()
    {
        var alarms = new HeartAlarms(RateHz);
        alarms.Restart(0);
        float[] rates = [125, 110, 125, 110, 45, 60];
        Assert.Empty(rates.SelectMany((bpm, second) => Judge(alarms, second, bpm)));
    }

    [Fact]
    public void Judge_RateWithheld_LeavesTheAlarmAsItIs()
    {
        var alarms = new HeartAlarms(RateHz);
        alarms.Restart(0);
        float?[] rates = [130, 130, null, null, null];
        Assert.Single(rates.SelectMany((bpm, second) => Judge(alarms, second, bpm)));
        Assert.True(alarms.IsRaised(AlarmKind.Tachycardia));
    }

    [Fact]
    public void Judge_LeadFallsOff_EndsWhatCanNoLongerBeJudged()
    {
        var lead = MonitorRhythm.Steady(RateHz, 150, 60);
        lead.Samples.AsSpan(30 * 250, 12 * 250).Clear();
        var changes = Run(lead).Select(alarm => (alarm.Kind, alarm.Change)).ToList();
        // The beats that stopped are no asystole while the lead is off.
        Assert.Equal((AlarmKind.Tachycardia, AlarmChange.Raised), changes[0]);
        Assert.Equal([(AlarmKind.LeadOff, AlarmChange.Raised), (AlarmKind.Tachycardia, AlarmChange.Cleared), (AlarmKind.LeadOff, AlarmChange.Cleared)],
            changes.Skip(changes.IndexOf((AlarmKind.LeadOff, AlarmChange.Raised))).Take(3));
        Assert.DoesNotContain(changes, change => change.Kind == AlarmKind.Asystole);
        Assert.Equal((AlarmKind.Tachycardia, AlarmChange.Raised), changes.Last(change => change.Change == AlarmChange.Raised));
    }

    [Fact]
    public void Judge_BeatsStopAfterAFastRate_EndsTachycardiaWithTheAsystole()
    {
        var lead = new MonitorLead(RateHz, 40);
        for (var at = 0.5; at < 20; at += 0.4) lead.AddBeat(at);
        AddMurmur(lead);
        var changes = Run(lead);
        Assert.Equal(
            [
                (AlarmKind.Tachycardia, AlarmChange.Raised),
                (AlarmKind.Asystole, AlarmChange.Raised),
                (AlarmKind.Tachycardia, AlarmChange.Cleared),
            ],
            changes.Where(alarm => alarm.Change != AlarmChange.Worsened).Select(alarm => (alarm.Kind, alarm.Change)));
    }

    [Fact]
    public void Options_NewLimit_CountsFromTheNextJudgement()
    {
        var alarms = new HeartAlarms(RateHz);
        alarms.Restart(0);
        Assert.Empty(Enumerable.Range(0, 5).SelectMany(second => Judge(alarms, second, 110)));
        alarms.Options = new HeartAlarmOptions { HighBpm = 100 };
        Assert.Equal(100, Assert.Single(Enumerable.Range(5, 5).SelectMany(second => Judge(alarms, second, 110))).Limit);
        Assert.Throws<ArgumentOutOfRangeException>(() => alarms.Options = new HeartAlarmOptions { HighBpm = 40 });
    }

    [Fact]
    public void RestoreState_AtEverySecond_ChangesNothing()
    {
        var lead = MonitorRhythm.Steady(RateHz, 150, 60);
        lead.Samples.AsSpan(20 * 250, 8 * 250).Clear();
        Assert.NotEmpty(Run(lead));
        Assert.Equal(Run(lead), Run(lead, restore: true));
        var alarms = new HeartAlarms(RateHz);
        var state = new byte[alarms.StateSize];
        alarms.SaveState(state);
        Assert.Throws<ArgumentException>(() => new HeartAlarms(360).RestoreState(state));
        Assert.Throws<ArgumentException>(() => alarms.Judge(0, default, new Alarm[HeartAlarms.MaxChanges - 1]));
    }

    private static List<Alarm> Judge(HeartAlarms alarms, int second, float? bpm)
    {
        // A beat every second keeps asystole out of it.
        alarms.Process(new Beat(second * 250, 0, 1, 1000, 1, 90, BeatClass.Normal, second * 250));
        var changes = new Alarm[HeartAlarms.MaxChanges];
        var status = bpm is null ? HeartRateStatus.PoorSignal : HeartRateStatus.Valid;
        return [.. changes.Take(alarms.Judge(second * 250, new HeartRate(bpm, bpm, status, 0, 12, 1), changes))];
    }

    /// <summary>What the electrodes alone give: enough that the lead is not called off, too little for a beat.</summary>
    private static void AddMurmur(MonitorLead lead)
    {
        for (var i = 0; i < lead.Samples.Length; i++) lead.Samples[i] += (float)(0.02 * Math.Sin(i * 0.02));
    }

    /// <summary>The alarms of a lead, judged each second with the product's detector, quality and heart rate.</summary>
    private static List<Alarm> Run(MonitorLead lead, HeartAlarmOptions? options = null, bool restore = false)
    {
        var (detector, quality, rate) = (new BeatDetector(RateHz), new SignalQuality(RateHz), new HeartRateEstimator(RateHz));
        var alarms = new HeartAlarms(RateHz, options);
        var (all, changes) = (new List<Alarm>(), new Alarm[HeartAlarms.MaxChanges]);
        var (beats, seconds) = (new Beat[detector.MaxBeats(250)], new QualitySecond[quality.MaxSeconds(250)]);
        alarms.Restart(0);
        for (var at = 0; at < lead.Samples.Length; at += 250)
        {
            var block = lead.Samples.AsSpan(at, 250);
            foreach (var beat in beats.AsSpan(0, detector.Process(block, beats)))
            {
                rate.Process(beat);
                quality.Observe(beat);
                alarms.Process(beat);
            }

            foreach (var second in seconds.AsSpan(0, quality.Process(block, seconds))) alarms.Process(second);
            if (restore) alarms = Copy(alarms, options);
            all.AddRange(changes.Take(alarms.Judge(at + 250, rate.At(at + 250), changes)));
        }

        return all;
    }

    private static HeartAlarms Copy(HeartAlarms alarms, HeartAlarmOptions? options)
    {
        var (copy, state) = (new HeartAlarms(RateHz, options), new byte[alarms.StateSize]);
        alarms.SaveState(state);
        copy.RestoreState(state);
        return copy;
    }
}
