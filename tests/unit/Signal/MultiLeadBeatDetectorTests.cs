using SignalStream.Signal.Beats;
using SignalStream.Signal.Synthesis;

namespace SignalStream.UnitTests.Signal;

public sealed class MultiLeadBeatDetectorTests
{
    private static readonly EcgSettings Heart = new() { HeartRateBpm = 72, HeartRateSdBpm = 3, EctopicsPerMinute = 3 };

    [Fact]
    public void Process_OneLead_FindsWhatItsDetectorFinds()
    {
        var ecg = SyntheticEcg.Make(Heart with { NoiseSdMv = 0.2 }, 120);
        Assert.Equal(
            ecg.Detect().Select(beat => beat.Sample),
            SyntheticEcg.Detect(new MultiLeadBeatDetector(250, 1), [ecg.Lead]).Select(beat => beat.Sample));
    }

    [Fact]
    public void Process_TwoCleanLeads_FindsEachBeatOnceWithItsRrInterval()
    {
        var ecg = SyntheticEcg.Make(Heart, 120);
        var found = SyntheticEcg.Detect(new MultiLeadBeatDetector(250, 2), [ecg.Lead, ecg.Lead.Select(mv => -0.6f * mv).ToArray()]);
        var (sensitivity, ppv) = ecg.Score(found, 60);
        Assert.InRange(sensitivity, 0.99, 1);
        Assert.InRange(ppv, 0.99, 1);
        Assert.All(found.Zip(found.Skip(1)), pair =>
            Assert.Equal((pair.Second.Sample - pair.First.Sample) * 4, pair.Second.RrMs, 4.1f));
    }

    [Fact]
    public void Process_FirstLeadFallsOff_GoesOnWithTheSecond()
    {
        var ecg = SyntheticEcg.Make(Heart, 120);
        var first = ecg.Lead.ToArray();
        first.AsSpan(250 * 40).Clear();
        var found = SyntheticEcg.Detect(new MultiLeadBeatDetector(250, 2), [first, ecg.Lead]);
        var late = ecg.Truth.Where(beat => beat.Sample is > 250 * 45 and < 250 * 118).ToList();
        Assert.True(late.Count(beat => found.Exists(other => Math.Abs(other.Sample - beat.Sample) <= 15)) >= late.Count * 0.97);
    }

    [Fact]
    public void Process_NoiseInTheFirstLead_IsBetterThanThatLeadAlone()
    {
        var ecg = SyntheticEcg.Make(Heart with { HeartRateSdBpm = 1, EctopicsPerMinute = 0 }, 300);
        var noise = SyntheticEcg.Make(Heart with { AmplitudeMv = 0, NoiseSdMv = 0.8, Seed = 9 }, 300);
        var noisy = ecg.Lead.Zip(noise.Lead, (a, b) => a + b).ToArray();
        var alone = ecg.Score(SyntheticEcg.Detect(new BeatDetector(250), noisy), 100);
        var both = ecg.Score(SyntheticEcg.Detect(new MultiLeadBeatDetector(250, 2), [noisy, ecg.Lead]), 100);
        Assert.True(both.Ppv + both.Sensitivity > alone.Ppv + alone.Sensitivity, $"{both} is not better than {alone}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(1000)]
    public void Process_CutSavedAndRestored_FindsTheSameBeats(int block)
    {
        var ecg = SyntheticEcg.Make(Heart with { NoiseSdMv = 0.3 }, 60);
        var other = SyntheticEcg.Make(Heart with { NoiseSdMv = 0.3, Seed = 5 }, 60);
        float[][] leads = [ecg.Lead, other.Lead];
        var expected = SyntheticEcg.Detect(new MultiLeadBeatDetector(250, 2), leads);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, SyntheticEcg.Detect(new MultiLeadBeatDetector(250, 2), leads, block));

        var (first, second) = (new MultiLeadBeatDetector(250, 2), new MultiLeadBeatDetector(250, 2));
        var cut = block * 7;
        var found = SyntheticEcg.Detect(first, leads.Select(lead => lead[..cut]).ToArray(), block);
        var state = new byte[first.StateSize];
        first.SaveState(state);
        second.RestoreState(state);
        found.AddRange(SyntheticEcg.Detect(second, leads.Select(lead => lead[cut..]).ToArray(), block));
        Assert.Equal(expected, found);
    }

    [Fact]
    public void StateSize_At360Hz_IsAtMost8KiBALead() =>
        Assert.InRange(new MultiLeadBeatDetector(360, 2).StateSize, 1, 2 * 8192);

    [Fact]
    public void Process_WrongShapeOrRoom_ThrowsAndConsumesNothing()
    {
        var detector = new MultiLeadBeatDetector(250, 2);
        Assert.Throws<ArgumentException>(() => detector.Process(new float[3], new Beat[100]));
        Assert.Throws<ArgumentException>(() => detector.Process(new float[500], new Beat[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiLeadBeatDetector(250, 17));
        Assert.Equal(0, detector.NextSample);
    }
}
