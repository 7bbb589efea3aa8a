using SignalStream.Signal.Beats;
using SignalStream.Signal.Synthesis;

namespace SignalStream.UnitTests.Signal;

public sealed class SignalQualityTests
{
    private static readonly EcgSettings Clean = new() { HeartRateBpm = 72, HeartRateSdBpm = 3 };

    [Theory]
    [InlineData(100, 40)]
    [InlineData(250, 72)]
    [InlineData(360, 100)]
    [InlineData(1000, 150)]
    [InlineData(250, 200)]
    public void Process_CleanSignal_IsGood(double rateHz, double bpm)
    {
        var ecg = SyntheticEcg.Make(Clean with { RateHz = rateHz, HeartRateBpm = bpm, WanderMv = 0.2 }, 30);
        Assert.All(Judge(ecg).Skip(3), second => Assert.Equal((true, QualityFaults.None), (second.Index > 0.8, second.Faults)));
    }

    [Fact]
    public void Process_Noise_IsNoisyInItsSecondsAlone()
    {
        var ecg = SyntheticEcg.Make(Clean, 30);
        var noise = SyntheticEcg.Make(Clean with { AmplitudeMv = 0, NoiseSdMv = 1 }, 10);
        for (var i = 0; i < noise.Lead.Length; i++) ecg.Lead[2500 + i] += noise.Lead[i];
        var seconds = Judge(ecg);
        Assert.All(seconds.Take(3..10), second => Assert.Equal(QualityFaults.None, second.Faults));
        Assert.All(seconds.Take(13..20), second => Assert.Equal(QualityFaults.Noisy, second.Faults));
        Assert.All(seconds.Take(24..), second => Assert.Equal(QualityFaults.None, second.Faults));
    }

    [Fact]
    public void Process_FlatLine_IsFlatAndWorthNothing()
    {
        var seconds = Judge(SyntheticEcg.Make(Clean with { AmplitudeMv = 0, WanderMv = 0.001 }, 10));
        Assert.All(seconds, second => Assert.Equal((0f, QualityFaults.Flat), (second.Index, second.Faults)));
    }

    [Fact]
    public void Process_SignalCutOffAtALimit_IsSaturated()
    {
        var ecg = SyntheticEcg.Make(Clean with { WanderMv = 4, WanderHz = 0.7 }, 10);
        for (var i = 0; i < ecg.Lead.Length; i++) ecg.Lead[i] = Math.Clamp(ecg.Lead[i], -2, 2);
        Assert.All(Judge(ecg), second => Assert.Equal((0f, QualityFaults.Saturated), (second.Index, second.Faults)));
    }

    [Fact]
    public void Process_AnyLength_JudgesEachWholeSecondOnce()
    {
        var quality = new SignalQuality(250);
        quality.Reset(1000);
        var seconds = new QualitySecond[quality.MaxSeconds(1100)];
        Assert.Equal(4, quality.Process(new float[1100], seconds));
        Assert.Equal([1249, 1499, 1749, 1999], seconds.Take(4).Select(second => second.Sample));
        Assert.Throws<ArgumentException>(() => quality.Process(new float[1100], new QualitySecond[4]));
    }

    [Fact]
    public void RestoreState_OfAnotherRate_Throws()
    {
        var quality = new SignalQuality(250);
        var state = new byte[quality.StateSize];
        quality.SaveState(state);
        Assert.Throws<ArgumentException>(() => new SignalQuality(360).RestoreState(state));
    }

    [Fact]
    public void Constructor_RateOutOfRange_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new SignalQuality(99));

    private static QualitySecond[] Judge(SyntheticEcg ecg)
    {
        var quality = new SignalQuality(ecg.Settings.RateHz);
        var detector = new BeatDetector(ecg.Settings.RateHz);
        var (seconds, block) = (new List<QualitySecond>(), (int)ecg.Settings.RateHz / 10);
        var (found, judged) = (new Beat[detector.MaxBeats(block)], new QualitySecond[quality.MaxSeconds(block)]);
        for (var at = 0; at + block <= ecg.Lead.Length; at += block)
        {
            var lead = ecg.Lead.AsSpan(at, block);
            var count = detector.Process(lead, found);
            foreach (var beat in found.AsSpan(0, count)) quality.Observe(beat);
            seconds.AddRange(judged.AsSpan(0, quality.Process(lead, judged)));
        }

        return [.. seconds];
    }
}
