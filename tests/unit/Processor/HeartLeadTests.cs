using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;
using SignalStream.Processor.States;
using SignalStream.Signal.Beats;

namespace SignalStream.UnitTests.Processor;

public sealed class HeartLeadTests
{
    [Fact]
    public void Process_OfTwoLeads_TellsTheQualityOfEachEverySecond()
    {
        var feed = new HeartFeed();
        feed.Send(HeartFeed.Ecg(10), HeartFeed.Murmur(10).Select(mv => mv * 100).ToArray());
        var seconds = feed.Events.OfType<SignalQualityEvent>().ToList();
        Assert.Equal(Enumerable.Range(1, 10).Select(s => (ulong)s * 250), seconds.Select(q => q.Place.Index));
        var last = seconds[^1];
        Assert.Equal(2, last.Leads.Count);
        Assert.False(last.Leads[0].IsNoisy);
        Assert.True(last.Leads[1].IsNoisy, $"{last.Leads[1]}");
        Assert.Equal(last.Leads[0].Index, last.Index);
    }

    [Fact]
    public void Process_FirstLeadFlat_TakesTheBeatsFromTheSecond()
    {
        var feed = new HeartFeed();
        feed.Send(new float[5000], HeartFeed.Ecg(20));
        var beats = feed.Events.OfType<BeatEvent>().ToList();
        Assert.InRange(beats.Count, 20, 25);
        Assert.All(beats, beat => Assert.Equal(1, beat.Lead));
    }

    [Fact]
    public void Process_MoreChannelsThanItTakes_LooksAtTheFirst()
    {
        var (two, three) = (new HeartFeed(), new HeartFeed());
        two.Send(HeartFeed.Ecg(20), HeartFeed.Ecg(20, seed: 4));
        three.Send(HeartFeed.Ecg(20), HeartFeed.Ecg(20, seed: 4), [.. Enumerable.Repeat(float.NaN, 5000)]);
        Assert.Equal(two.Events, three.Events);
    }

    [Fact]
    public void Process_ASampleOfTheSecondLeadThatIsNotFinite_IsRefusedByItsChannel()
    {
        var frame = HeartFeed.Frame(0, 7, 250, new float[10], [0, 1, float.NaN, 0, 0, 0, 0, 0, 0, 0]);
        var rejection = HeartFeed.NewStream().Process(new LogMessage(1, 0, frame), []);
        Assert.Contains("sample 2 of channel 1", rejection!.Value.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Process_BeatsInNoise_SayThatTheSignalIsPoorAndTheRateIsWithheld()
    {
        var feed = new HeartFeed();
        feed.Send(HeartFeed.Ecg(20));
        Assert.DoesNotContain(feed.Events.OfType<BeatEvent>(), beat => beat.IsPoorSignal);
        feed.Send(HeartFeed.Ecg(20, noiseMv: 0.9));
        var late = feed.Events.OfType<BeatEvent>().Where(beat => beat.Place.Index > 25 * 250).ToList();
        Assert.NotEmpty(late);
        Assert.True(late.Count(beat => beat.IsPoorSignal) > late.Count / 2);
        Assert.Equal("poor signal", feed.Events.OfType<HeartRateEvent>().Last().Withheld);
    }

    [Fact]
    public void Process_FiveMinutes_TellsTheVariabilityEveryTenSeconds()
    {
        var feed = new HeartFeed();
        feed.Send(HeartFeed.Ecg(120));
        var figures = feed.Events.OfType<HeartRateVariabilityEvent>().ToList();
        Assert.InRange(figures.Count, 9, 10);
        Assert.All(figures, f => Assert.Equal(0UL, f.Place.Index % 2500));
        Assert.InRange(figures[^1].NnCount, 130, 150);
        Assert.InRange(figures[^1].SdnnMs, 1, 60);
    }

    [Fact]
    public void Restore_WithLeadsAlarmsAndSilence_GoesOnAsIfNothingHadHappened()
    {
        var (whole, moving) = (new HeartFeed(), new HeartFeed { MovesAllTheTime = true });
        foreach (var feed in new[] { whole, moving })
        {
            feed.Send(HeartFeed.Ecg(12), HeartFeed.Ecg(12, noiseMv: 0.3));
            feed.Send(HeartFeed.Murmur(7), new float[7 * 250]);
            feed.Silence(7);
            feed.Send(HeartFeed.Ecg(12, bpm: 140), HeartFeed.Ecg(12, bpm: 140));
        }

        Assert.True(whole.Alerts.Select(a => a.Name).Distinct().Count() >= 2);
        Assert.Equal(whole.Events, moving.Events);
    }

    [Fact]
    public void Restore_OfVersion1_GoesOnBehindItsLastSampleWithItsHeartRateAndRepeatsNoBeat()
    {
        const int Cut = 5003;
        var ecg = HeartFeed.Ecg(40);
        var (detector, rate) = (new BeatDetector(250), new HeartRateEstimator(250));
        var found = new Beat[detector.MaxBeats(Cut)];
        var count = detector.Process(ecg.AsSpan(0, Cut), found);
        foreach (var beat in found.AsSpan(0, count)) rate.Process(beat);

        var stream = HeartFeed.NewStream();
        stream.Restore(Version1(Cut, detector, rate));
        var events = new List<SignalEvent>();
        for (var at = 5000; at < ecg.Length; at += 10)
            Assert.Null(stream.Process(new LogMessage(1, at, HeartFeed.Frame((ulong)at, 7, 250, ecg[at..(at + 10)])), events));
        Assert.DoesNotContain(events, e => e is GapEvent or HeartRateEvent { Withheld: not null });
        var beats = events.OfType<BeatEvent>().Select(b => (long)b.Place.Index).ToList();
        Assert.InRange(beats[0] - found[count - 1].Sample, 150, 450);
        Assert.InRange(beats.Count, 22, 25);
    }

    /// <summary>As version 1 wrote it.</summary>
    private static byte[] Version1(ulong next, BeatDetector detector, HeartRateEstimator rate)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(250.0);
        writer.Write(7u);
        writer.Write(next);
        writer.Write(5250UL);
        writer.Write(0L);
        writer.Write(0);
        writer.WriteState(detector);
        writer.WriteState(rate);
        writer.Flush();
        return bytes.ToArray();
    }
}
