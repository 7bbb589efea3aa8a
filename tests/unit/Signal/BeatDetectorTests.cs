using SignalStream.Signal.Beats;
using SignalStream.Signal.Synthesis;

namespace SignalStream.UnitTests.Signal;

public sealed class BeatDetectorTests
{
    private static readonly EcgSettings Clean = new() { HeartRateBpm = 72, HeartRateSdBpm = 3 };

    [Theory]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(250)]
    [InlineData(360)]
    [InlineData(500)]
    [InlineData(1000)]
    public void Process_CleanSignal_FindsEveryBeatWithin20Ms(double rateHz)
    {
        var ecg = SyntheticEcg.Make(Clean with { RateHz = rateHz }, 300);
        Expect(ecg, 0.99);
    }

    [Theory]
    [InlineData(35)]
    [InlineData(60)]
    [InlineData(120)]
    [InlineData(180)]
    [InlineData(240)]
    public void Process_AnyHeartRate_FindsEveryBeat(double bpm) =>
        Expect(SyntheticEcg.Make(Clean with { HeartRateBpm = bpm, HeartRateSdBpm = 2 }, 120), 0.99);

    [Theory]
    [InlineData(0.05, 0.0, 0.0, 50)]
    [InlineData(0.0, 0.5, 0.0, 50)]
    [InlineData(0.0, 0.0, 0.2, 50)]
    [InlineData(0.0, 0.0, 0.2, 60)]
    [InlineData(0.03, 0.3, 0.1, 50)]
    public void Process_DisturbedSignal_FindsTheBeats(double noise, double wander, double hum, double humHz) =>
        Expect(SyntheticEcg.Make(Clean with { NoiseSdMv = noise, WanderMv = wander, HumMv = hum, HumHz = humHz }, 300), 0.98);

    [Theory]
    [InlineData(-1.0)]
    [InlineData(0.3)]
    [InlineData(5.0)]
    public void Process_AnyAmplitude_FindsTheBeatsAndSaysIt(double amplitudeMv)
    {
        var ecg = SyntheticEcg.Make(Clean with { AmplitudeMv = amplitudeMv }, 120);
        Expect(ecg, 0.99);
        Assert.All(ecg.Detect(), beat => Assert.InRange(beat.AmplitudeMv / amplitudeMv, 0.8, 1.3));
    }

    [Fact]
    public void Process_SignalAmplitudeDrops_FindsTheSmallBeatsWithinSeconds()
    {
        var (high, low) = (SyntheticEcg.Make(Clean, 30), SyntheticEcg.Make(Clean with { AmplitudeMv = 0.15 }, 30));
        var found = SyntheticEcg.Detect(new BeatDetector(250), high.Lead.Concat(low.Lead).ToArray());
        var late = low.Truth.Where(beat => beat.Sample is > 2500 and < 7250).ToArray();
        Assert.All(late, beat => Assert.Contains(found, other => Math.Abs(other.Sample - 7500 - beat.Sample) <= 5));
    }

    [Fact]
    public void Process_CleanSignal_PeakIsTheExtremumOfTheRawSignal()
    {
        var ecg = SyntheticEcg.Make(Clean with { WanderMv = 0.3 }, 60);
        foreach (var beat in ecg.Detect().Where(b => b.Sample is > 10 and < 14_990))
        {
            var around = ecg.Lead.AsSpan((int)beat.Sample - 5, 11).ToArray();
            Assert.Equal(around.Max(), ecg.Lead[beat.Sample]);
            Assert.InRange(beat.Offset, -0.5f, 0.5f);
        }
    }

    [Fact]
    public void Process_FirstSeconds_LosesNoBeat()
    {
        var ecg = SyntheticEcg.Make(Clean, 10);
        Assert.Equal(ecg.Truth[0].Sample, ecg.Detect()[0].Sample, 5.0);
        Assert.Equal(0, ecg.Detect()[0].RrMs);
    }

    [Fact]
    public void Process_CleanSignal_DecidesWithin250Ms()
    {
        var found = SyntheticEcg.Make(Clean, 120).Detect();
        var delaysMs = found.Skip(3).Select(beat => (beat.DecisionSample - beat.Sample) * 4).Order().ToArray();
        Assert.InRange(delaysMs[delaysMs.Length / 2], 1, 250);
        Assert.InRange(delaysMs[^1], 1, 600);
    }

    [Fact]
    public void Process_RrIntervals_AreBetterThanTheSampleGrid()
    {
        var ecg = SyntheticEcg.Make(Clean with { RateHz = 100, HeartRateSdBpm = 0, HeartRateBpm = 73 }, 120);
        Assert.All(ecg.Detect().Skip(1), beat => Assert.InRange(beat.RrMs, (60_000 / 73f) - 4, (60_000 / 73f) + 4));
    }

    [Fact]
    public void Process_Ectopics_AreVentricularLike()
    {
        var ecg = SyntheticEcg.Make(Clean with { EctopicsPerMinute = 6 }, 300);
        Expect(ecg, 0.98, toleranceMs: 60);
        var ectopic = ecg.Truth.Where(b => b.IsEctopic && b.Sample > 1250).Select(b => Near(ecg, b)).ToArray();
        var normal = ecg.Truth.Where(b => !b.IsEctopic && b.Sample > 1250).Select(b => Near(ecg, b)).ToArray();
        Assert.InRange(Share(ectopic, BeatClass.VentricularLike), 0.9, 1);
        Assert.InRange(Share(normal, BeatClass.VentricularLike), 0, 0.01);
    }

    [Fact]
    public void Process_Pause_ItsBeatIsPaused()
    {
        var ecg = SyntheticEcg.Make(Clean with { PausesPerMinute = 2, PauseSeconds = 3 }, 300);
        Expect(ecg, 0.99);
        var found = ecg.Detect();
        Assert.All(found.Skip(4), beat => Assert.Equal(beat.RrMs > 2500, beat.Class == BeatClass.Paused));
        Assert.InRange(found.Count(beat => beat.Class == BeatClass.Paused), 5, 15);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-3.5f)]
    [InlineData(float.MaxValue)]
    public void Process_FlatLine_FindsNothing(float level)
    {
        var lead = new float[10_000];
        lead.AsSpan().Fill(level);
        Assert.Empty(SyntheticEcg.Detect(new BeatDetector(250), lead));
    }

    [Fact]
    public void Process_Refractory_NoBeatFollowsSooner()
    {
        var noise = SyntheticEcg.Make(Clean with { AmplitudeMv = 0.05, NoiseSdMv = 0.5 }, 120);
        var options = new BeatDetectorOptions { RefractoryMs = 300 };
        var found = SyntheticEcg.Detect(new BeatDetector(250, options), noise.Lead);
        Assert.NotEmpty(found);
        Assert.All(found.Zip(found.Skip(1)), pair => Assert.True(pair.Second.Sample - pair.First.Sample >= 75));
    }

    [Fact]
    public void Process_CleanBeforeNoise_ConfidenceTellsThemApart()
    {
        var clean = SyntheticEcg.Make(Clean, 60).Detect();
        var noisy = SyntheticEcg.Make(Clean with { NoiseSdMv = 0.4 }, 60).Detect();
        Assert.InRange(clean.Average(beat => beat.Confidence), 0.8, 1);
        Assert.True(noisy.Average(beat => beat.Confidence) < clean.Average(beat => beat.Confidence) - 0.1);
    }

    [Fact]
    public void Process_SampleBySampleOrManyAtOnce_IsTheSameToTheLastBit()
    {
        // One by one they are rounded alone, many at once in vectors: ties, limits, and what is beyond them.
        var random = new Random(3);
        var lead = Enumerable.Range(0, 5000).Select(i => (i % 8) switch
        {
            0 => (random.Next(-9000, 9000) + 0.5f) / 4096,
            1 => random.Next(-70, 70),
            2 => random.NextSingle() * float.MaxValue,
            _ => (float)Math.Sin(i / 20.0),
        }).ToArray();
        var (single, many) = (new BeatDetector(250), new BeatDetector(250));
        Assert.Equal(SyntheticEcg.Detect(single, lead, block: 1), SyntheticEcg.Detect(many, lead, block: 64));
        Assert.Equal(State(single), State(many));
    }

    [Fact]
    public void Process_RoomForTooFewBeats_ThrowsAndConsumesNothing()
    {
        var detector = new BeatDetector(250);
        Assert.Throws<ArgumentException>(() => detector.Process(new float[250], new Beat[1]));
        Assert.Equal(0, detector.NextSample);
    }

    [Fact]
    public void Process_AfterConstruction_AllocatesNothing()
    {
        var ecg = SyntheticEcg.Make(Clean with { NoiseSdMv = 0.1 }, 60);
        var detector = new BeatDetector(250);
        var beats = new Beat[detector.MaxBeats(ecg.Lead.Length)];
        detector.Process(ecg.Lead, beats);
        var before = GC.GetAllocatedBytesForCurrentThread();
        detector.Process(ecg.Lead, beats);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Reset_AtAnIndex_FindsTheSameBeatsFromThere()
    {
        var ecg = SyntheticEcg.Make(Clean, 20);
        var detector = new BeatDetector(250);
        var fresh = SyntheticEcg.Detect(detector, ecg.Lead);
        detector.Reset(1_000_000);
        var again = SyntheticEcg.Detect(detector, ecg.Lead);
        Assert.Equal(fresh.Select(b => b with { Sample = b.Sample + 1_000_000, DecisionSample = b.DecisionSample + 1_000_000 }), again);
    }

    [Fact]
    public void RestoreState_OtherRateOrVersionOrLength_Throws()
    {
        var saved = new BeatDetector(250);
        var state = new byte[saved.StateSize];
        saved.SaveState(state);
        Assert.Throws<ArgumentException>(() => new BeatDetector(251).RestoreState(state));
        Assert.Throws<ArgumentException>(() => saved.RestoreState(state.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => saved.SaveState(new byte[state.Length - 1]));
        state[0]++;
        Assert.Throws<ArgumentException>(() => saved.RestoreState(state));
    }

    [Fact]
    public void StateSize_At360Hz_IsAtMost8KiB() => Assert.InRange(new BeatDetector(360).StateSize, 1, 8192);

    [Theory]
    [InlineData(99.9)]
    [InlineData(1000.1)]
    [InlineData(double.NaN)]
    public void Constructor_RateOutOfRange_Throws(double rateHz) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new BeatDetector(rateHz));

    private static byte[] State(BeatDetector detector)
    {
        var state = new byte[detector.StateSize];
        detector.SaveState(state);
        return state;
    }

    private static void Expect(SyntheticEcg ecg, double least, double toleranceMs = 20)
    {
        var (sensitivity, ppv) = ecg.Score(ecg.Detect(), toleranceMs);
        Assert.InRange(sensitivity, least, 1);
        Assert.InRange(ppv, least, 1);
    }

    private static Beat Near(SyntheticEcg ecg, SyntheticBeat truth) =>
        ecg.Detect().OrderBy(beat => Math.Abs(beat.Sample - truth.Sample)).First();

    private static double Share(Beat[] beats, BeatClass kind) => (double)beats.Count(b => b.Class == kind) / beats.Length;
}
