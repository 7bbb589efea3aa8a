using SignalStream.Messaging;

namespace SignalStream.UnitTests.Processor;

public sealed class HeartAlertTests
{
    private readonly HeartFeed _feed = new();

    [Fact]
    public void Process_NoBeatForFourSeconds_RaisesAsystoleAndThreeBeatsClearIt()
    {
        _feed.Send(HeartFeed.Ecg(20));
        Assert.Empty(_feed.Alerts);
        _feed.Send(HeartFeed.Murmur(12));
        var raised = Assert.Single(_feed.Alerts);
        Assert.Equal(("asystole", AlertState.Raised, AlertSeverity.High), (raised.Name, raised.State, raised.Severity));
        // From the last beat, at most one RR interval before the silence; judged within six seconds of it.
        Assert.InRange(Second(raised.StartNs), 19, 20);
        Assert.InRange(Second(raised.Place.TimeNs), 23, 26);
        Assert.Null(raised.EndNs);
        Assert.Contains("limit 4.0 s", raised.Evidence, StringComparison.Ordinal);

        _feed.Send(HeartFeed.Ecg(20));
        var cleared = _feed.Alerts.Last();
        Assert.Equal((AlertState.Cleared, raised.Fingerprint), (cleared.State, cleared.Fingerprint));
        Assert.Equal(cleared.Place.TimeNs, cleared.EndNs);
        Assert.InRange(Second(cleared.EndNs!.Value), 33, 40);
        Assert.Equal(2, _feed.Alerts.Count());
    }

    [Fact]
    public void Tick_FramesStop_RaisesAsystoleAndSaysThatNoSamplesCome()
    {
        _feed.Send(HeartFeed.Ecg(20));
        _feed.Silence(3);
        Assert.Empty(_feed.Alerts);
        _feed.Silence(5);
        var raised = Assert.Single(_feed.Alerts);
        Assert.Equal("asystole", raised.Name);
        Assert.Contains("no samples come", raised.Evidence, StringComparison.Ordinal);
        Assert.Equal(5000UL, raised.Place.Index);
        Assert.InRange(Second(raised.Place.TimeNs), 23, 27);

        _feed.Send(HeartFeed.Ecg(10));
        Assert.Equal(AlertState.Cleared, _feed.Alerts.Last().State);
        Assert.True(_feed.Alerts.Last().Place.Index > 5000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Process_TheSourceSaysThatItEnds_SilenceIsNoAlarm(bool movesAllTheTime)
    {
        var feed = new HeartFeed { MovesAllTheTime = movesAllTheTime };
        feed.Send(HeartFeed.Ecg(20));
        feed.End();
        feed.Silence(700);
        Assert.Empty(feed.Alerts);
        feed.Restart();
        feed.Send(HeartFeed.Ecg(20));
        feed.Silence(8);
        Assert.Equal("asystole", Assert.Single(feed.Alerts).Name);
    }

    [Fact]
    public void Process_TheSourceEndsWhileAnAlarmStands_EndsItAndSaysWhy()
    {
        _feed.Send(HeartFeed.Ecg(20));
        _feed.Send(HeartFeed.Murmur(12));
        Assert.Equal(AlertState.Raised, Assert.Single(_feed.Alerts).State);
        _feed.End();
        var cleared = _feed.Alerts.Last();
        Assert.Equal((AlertState.Cleared, "the signal has ended"), (cleared.State, cleared.Evidence));
        _feed.End();
        _feed.Silence(20);
        Assert.Equal(2, _feed.Alerts.Count());
    }

    [Fact]
    public void Process_FramesBeforeTheEndAreMissing_TellsTheGapThenIsSilent()
    {
        _feed.Send(HeartFeed.Ecg(20));
        _feed.End(ahead: 500);
        _feed.Silence(700);
        var gap = Assert.Single(_feed.Events.OfType<GapEvent>());
        Assert.Equal((5000UL, 500UL), (gap.Place.Index, gap.Missing));
        Assert.Empty(_feed.Alerts);
    }

    [Fact]
    public void Process_AnEndThatIsOlderThanTheFrames_CountsForNothing()
    {
        _feed.End();
        _feed.Restart();
        _feed.Send(HeartFeed.Ecg(20));
        _feed.Epoch--;
        _feed.End();
        _feed.Epoch++;
        _feed.Silence(8);
        Assert.Equal("asystole", Assert.Single(_feed.Alerts).Name);
    }

    [Fact]
    public void Tick_TheLogItselfWasAway_RaisesNothing()
    {
        _feed.Send(HeartFeed.Ecg(20));
        _feed.Outage(60);
        _feed.Send(HeartFeed.Ecg(20));
        Assert.Empty(_feed.Alerts);
    }

    [Fact]
    public void Tick_NoFramesForTenMinutes_EndsTheAlarmOfASourceThatIsGone()
    {
        _feed.Send(HeartFeed.Ecg(20));
        _feed.Silence(700);
        Assert.Equal([AlertState.Raised, AlertState.Cleared], _feed.Alerts.Select(a => a.State));
        Assert.Contains("gone", _feed.Alerts.Last().Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Process_TheSourceBeginsAgain_EndsWhatStoodInItsNewEpoch()
    {
        _feed.Send(HeartFeed.Ecg(20));
        _feed.Silence(10);
        _feed.Restart();
        _feed.Send(HeartFeed.Ecg(20));
        var cleared = _feed.Alerts.Last();
        Assert.Equal((AlertState.Cleared, 8u), (cleared.State, cleared.Place.Epoch));
        Assert.Equal(_feed.Alerts.First().Fingerprint, cleared.Fingerprint);
        Assert.Equal(0UL, cleared.Place.Index);
        _feed.Silence(10);
        Assert.Equal((AlertState.Raised, 5000UL), (_feed.Alerts.Last().State, _feed.Alerts.Last().Place.Index));
    }

    [Fact]
    public void Set_ALowerLimit_RaisesTachycardiaFromThereOnAndItsRemovalClearsIt()
    {
        _feed.Send(HeartFeed.Ecg(20, bpm: 100));
        Assert.Empty(_feed.Alerts);
        _feed.Limits("""{"tachycardiaBpm":90}""");
        _feed.Send(HeartFeed.Ecg(10, bpm: 100));
        var raised = Assert.Single(_feed.Alerts);
        Assert.Equal(("tachycardia", AlertSeverity.Medium, 90.0, "1/min"), (raised.Name, raised.Severity, raised.Limit, raised.Unit));
        Assert.InRange(raised.Value, 95, 105);
        _feed.Limits("");
        _feed.Send(HeartFeed.Ecg(10, bpm: 100));
        Assert.Equal(AlertState.Cleared, _feed.Alerts.Last().State);
    }

    [Fact]
    public void Set_WhatBreaksARule_LeavesTheLimitsAsTheyWere()
    {
        _feed.Limits("""{"tachycardiaBpm":90}""");
        _feed.Limits("""{"tachycardiaBpm":1000}""");
        _feed.Send(HeartFeed.Ecg(20, bpm: 100));
        Assert.Equal(90, Assert.Single(_feed.Alerts).Limit);
    }

    [Fact]
    public void Process_RateFarBelowItsLimit_RaisesBradycardiaOfHighSeverityWithinTenSeconds()
    {
        _feed.Send(HeartFeed.Ecg(30, bpm: 80));
        _feed.Send(HeartFeed.Ecg(30, bpm: 38));
        var alerts = _feed.Alerts.ToList();
        Assert.All(alerts, a => Assert.Equal("bradycardia", a.Name));
        Assert.InRange(Second(alerts[0].Place.TimeNs), 30, 40);
        Assert.Equal(AlertSeverity.High, alerts[^1].Severity);
        Assert.Single(alerts.Select(a => a.Fingerprint).Distinct());
    }

    [Fact]
    public void Process_AFlatLead_RaisesLeadOffInsteadOfAsystole()
    {
        _feed.Send(HeartFeed.Ecg(20));
        _feed.Send(new float[(int)HeartFeed.RateHz * 10]);
        Assert.Equal("lead_off", Assert.Single(_feed.Alerts).Name);
        Assert.True(_feed.Events.OfType<SignalQualityEvent>().Last().Leads[0] is { IsLeadOff: true, IsFlat: true });
    }

    [Fact]
    public void Process_OneOfTwoLeadsOff_RaisesNothingAndSaysWhich()
    {
        _feed.Send(HeartFeed.Ecg(20), HeartFeed.Ecg(20));
        _feed.Send(HeartFeed.Ecg(20), new float[(int)HeartFeed.RateHz * 20]);
        Assert.Empty(_feed.Alerts);
        Assert.Equal([false, true], _feed.Events.OfType<SignalQualityEvent>().Last().Leads.Select(l => l.IsLeadOff));
    }

    [Fact]
    public void Alerts_OfOneName_RiseInTheirPlaces()
    {
        for (var i = 0; i < 4; i++)
        {
            _feed.Send(HeartFeed.Ecg(12));
            _feed.Silence(8);
        }

        var places = _feed.Alerts.Select(a => a.Place.Index).ToList();
        Assert.Equal(7, places.Count);
        Assert.Equal(places.Distinct().Order(), places);
    }

    private static double Second(long ns) => (ns - HeartFeed.StartNs) / 1e9;
}
