using SignalStream.Signal.Synthesis;

namespace SignalStream.UnitTests.Signal;

public sealed class EcgGeneratorTests
{
    [Fact]
    public void Process_EqualSettings_GiveEqualSamples()
    {
        var settings = new EcgSettings { NoiseSdMv = 0.02, EctopicsPerMinute = 4, Seed = 7 };
        Assert.Equal(SyntheticEcg.Make(settings, 30).Lead, SyntheticEcg.Make(settings, 30).Lead);
        Assert.NotEqual(SyntheticEcg.Make(settings, 30).Lead, SyntheticEcg.Make(settings with { Seed = 8 }, 30).Lead);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(250)]
    [InlineData(360)]
    [InlineData(1000)]
    public void Process_CleanSignal_PeaksWhereItSays(double rateHz)
    {
        var ecg = SyntheticEcg.Make(new EcgSettings { RateHz = rateHz, AmplitudeMv = 1.2 }, 60);
        var near = (int)(rateHz * 0.1);
        Assert.InRange(ecg.Truth.Count, 57, 63);
        foreach (var beat in ecg.Truth.Where(b => b.Sample >= near && b.Sample < ecg.Lead.Length - near))
        {
            var around = ecg.Lead.AsSpan((int)beat.Sample - near, (2 * near) + 1).ToArray();
            Assert.InRange(Array.IndexOf(around, around.Max()) - near, -1, 1);
            Assert.InRange(around.Max(), 1.08f, 1.21f);
        }
    }

    [Fact]
    public void Process_TenMinutes_HasTheRateAndItsSpread()
    {
        var ecg = SyntheticEcg.Make(new EcgSettings { HeartRateBpm = 75, HeartRateSdBpm = 3 }, 600);
        var bpm = Intervals(ecg).Select(ms => 60_000 / ms).ToArray();
        var mean = bpm.Average();
        Assert.InRange(mean, 74.5, 75.7);
        Assert.InRange(Math.Sqrt(bpm.Average(x => (x - mean) * (x - mean))), 2.5, 3.5);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(4)]
    public void Process_LfHfRatio_IsTheRatioOfTheBands(double ratio)
    {
        var ecg = SyntheticEcg.Make(new EcgSettings { HeartRateBpm = 80, HeartRateSdBpm = 4, LfHfRatio = ratio }, 1200);
        Assert.InRange(BandPower(ecg, 0.1) / BandPower(ecg, 0.25), 0.7 * ratio, 1.4 * ratio);
    }

    [Fact]
    public void Process_Ectopics_AreEarlyWithACompensatoryPause()
    {
        var ecg = SyntheticEcg.Make(new EcgSettings { EctopicsPerMinute = 6, HeartRateSdBpm = 0 }, 600);
        var ectopic = Enumerable.Range(1, ecg.Truth.Count - 2).Where(i => ecg.Truth[i].IsEctopic).ToArray();
        Assert.InRange(ectopic.Length, 40, 80);
        foreach (var i in ectopic)
        {
            Assert.InRange(ecg.Truth[i].Sample - ecg.Truth[i - 1].Sample, 149, 151);
            Assert.InRange(ecg.Truth[i + 1].Sample - ecg.Truth[i - 1].Sample, 499, 501);
        }
    }

    [Fact]
    public void Process_Pauses_LastAsLongAsSet()
    {
        var ecg = SyntheticEcg.Make(new EcgSettings { PausesPerMinute = 2, PauseSeconds = 3.5 }, 600);
        var pauses = Intervals(ecg).Where(ms => ms > 2000).ToArray();
        Assert.InRange(pauses.Length, 10, 30);
        Assert.All(pauses, ms => Assert.InRange(ms, 3490, 3510));
    }

    [Fact]
    public void Process_Noise_HasTheDeviationAndLeavesTheRhythmAlone()
    {
        var clean = new EcgSettings { EctopicsPerMinute = 5 };
        var (still, noisy) = (SyntheticEcg.Make(clean, 120), SyntheticEcg.Make(clean with { NoiseSdMv = 0.05 }, 120));
        var noise = noisy.Lead.Zip(still.Lead, (a, b) => (double)a - b).ToArray();
        Assert.Equal(still.Truth, noisy.Truth);
        Assert.InRange(noise.Average(), -0.002, 0.002);
        Assert.InRange(Math.Sqrt(noise.Average(x => x * x)), 0.049, 0.051);
    }

    [Fact]
    public void Process_WanderAndHum_AreSinesOfTheirFrequency()
    {
        var clean = new EcgSettings();
        var still = SyntheticEcg.Make(clean, 8).Lead;
        var hum = SyntheticEcg.Make(clean with { HumMv = 0.2, HumHz = 60 }, 8).Lead;
        var wander = SyntheticEcg.Make(clean with { WanderMv = 0.5, WanderHz = 0.25 }, 8).Lead;
        for (var i = 0; i < still.Length; i++)
        {
            Assert.Equal(0.2 * Math.Sin(2 * Math.PI * 60 * i / 250), hum[i] - still[i], 1e-5);
            Assert.Equal(0.5 * Math.Sin(2 * Math.PI * 0.25 * i / 250), wander[i] - still[i], 1e-5);
        }
    }

    [Fact]
    public void Process_AfterConstruction_AllocatesNothing()
    {
        var generator = new EcgGenerator(new EcgSettings { NoiseSdMv = 0.01, HumMv = 0.1, EctopicsPerMinute = 10 });
        var block = new float[250];
        generator.Process(block);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) generator.Process(block);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Process_RoomForTooFewBeats_Throws()
    {
        var generator = new EcgGenerator(new EcgSettings());
        Assert.Throws<ArgumentException>(() => generator.Process(new float[2500], new SyntheticBeat[3]));
        Assert.Equal(0, generator.NextSample);
    }

    public static TheoryData<string, EcgSettings> Wrong => new()
    {
        { "RateHz", new EcgSettings { RateHz = 99 } },
        { "RateHz", new EcgSettings { RateHz = double.NaN } },
        { "HeartRateBpm", new EcgSettings { HeartRateBpm = 400 } },
        { "HeartRateSdBpm", new EcgSettings { HeartRateSdBpm = 30 } },
        { "LfHfRatio", new EcgSettings { LfHfRatio = 0 } },
        { "NoiseSdMv", new EcgSettings { NoiseSdMv = -1 } },
        { "PauseSeconds", new EcgSettings { PauseSeconds = 61 } },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Constructor_SettingOutOfRange_NamesIt(string setting, EcgSettings settings) =>
        Assert.Equal(setting, Assert.Throws<ArgumentOutOfRangeException>(() => new EcgGenerator(settings)).ParamName);

    private static IEnumerable<double> Intervals(SyntheticEcg ecg) =>
        ecg.Truth.Zip(ecg.Truth.Skip(1), (a, b) => (b.Sample - a.Sample) * 1000 / ecg.Settings.RateHz);

    /// <summary>Power of the RR intervals within 0.03 Hz of a frequency, by projection on sines 1 mHz apart.</summary>
    private static double BandPower(SyntheticEcg ecg, double centreHz)
    {
        var rr = Intervals(ecg).ToArray();
        var (mean, power) = (rr.Average(), 0.0);
        for (var hz = centreHz - 0.03; hz <= centreHz + 0.03; hz += 0.001)
        {
            var (re, im) = (0.0, 0.0);
            for (var i = 0; i < rr.Length; i++)
            {
                var angle = 2 * Math.PI * hz * ecg.Truth[i].Sample / ecg.Settings.RateHz;
                re += (rr[i] - mean) * Math.Cos(angle);
                im += (rr[i] - mean) * Math.Sin(angle);
            }

            power += (re * re) + (im * im);
        }

        return power;
    }
}
