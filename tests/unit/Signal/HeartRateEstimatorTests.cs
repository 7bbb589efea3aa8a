using SignalStream.Signal.Beats;

namespace SignalStream.UnitTests.Signal;

public sealed class HeartRateEstimatorTests
{
    private const double RateHz = 250;

    [Fact]
    public void At_SteadyRhythm_IsItsRate()
    {
        var (estimator, last) = After(Enumerable.Repeat(800f, 20));
        var rate = estimator.At(last + 25);
        Assert.Equal(new HeartRate(75, 75, HeartRateStatus.Valid, 100, 12, 1), rate);
    }

    [Fact]
    public void At_TwelveIntervals_LeavesOutTheLargestAndTheSmallest()
    {
        var (estimator, last) = After([400, 1600, .. Enumerable.Repeat(1000f, 10)]);
        Assert.Equal(60, estimator.At(last).AverageBpm!.Value, 1e-4f);
        Assert.Equal(60, estimator.At(last).InstantBpm!.Value, 1e-4f);
    }

    [Fact]
    public void At_ThreeSlowInARow_AveragesTheLastFour()
    {
        var (estimator, last) = After([.. Enumerable.Repeat(600f, 12), 1500, 1500, 1500]);
        Assert.Equal(60_000 / ((600 + (3 * 1500)) / 4f), estimator.At(last).AverageBpm!.Value, 1e-3f);
    }

    [Fact]
    public void At_TwoSlowInARow_StillAveragesTwelve()
    {
        var (estimator, last) = After([.. Enumerable.Repeat(600f, 12), 1500, 1500]);
        Assert.Equal(60_000 / (((9 * 600) + 1500) / 10f), estimator.At(last).AverageBpm!.Value, 1e-3f);
    }

    [Fact]
    public void At_StepFrom80To120_ShowsItWithinTwelveBeats()
    {
        var (estimator, last) = After([.. Enumerable.Repeat(750f, 20), .. Enumerable.Repeat(500f, 12)]);
        Assert.Equal(120, estimator.At(last).AverageBpm!.Value, 1e-3f);
    }

    [Theory]
    [InlineData(0, HeartRateStatus.TooFewBeats)]
    [InlineData(2, HeartRateStatus.TooFewBeats)]
    [InlineData(3, HeartRateStatus.Valid)]
    public void At_FewIntervals_IsWithheldUntilThree(int intervals, HeartRateStatus expected)
    {
        var (estimator, last) = After(Enumerable.Repeat(800f, intervals));
        Assert.Equal(expected, estimator.At(last).Status);
        Assert.Equal(expected == HeartRateStatus.Valid, estimator.At(last).AverageBpm.HasValue);
    }

    [Fact]
    public void At_LastBeatTooOld_IsWithheld()
    {
        var (estimator, last) = After(Enumerable.Repeat(800f, 12));
        Assert.Equal(HeartRateStatus.Valid, estimator.At(last + 1250).Status);
        Assert.Equal(new HeartRate(null, null, HeartRateStatus.Stale, 5004, 12, 1), estimator.At(last + 1251));
    }

    [Fact]
    public void At_UncertainBeats_IsWithheld()
    {
        var (estimator, last) = After(Enumerable.Repeat(800f, 12), confidence: 0.1f);
        Assert.Equal(HeartRateStatus.PoorSignal, estimator.At(last).Status);
        Assert.Null(estimator.At(last).AverageBpm);
    }

    [Fact]
    public void Reset_AfterBeats_ForgetsThem()
    {
        var (estimator, last) = After(Enumerable.Repeat(800f, 12));
        estimator.Reset();
        Assert.Equal(new HeartRate(null, null, HeartRateStatus.TooFewBeats, 0, 0, 0), estimator.At(last));
    }

    [Fact]
    public void RestoreState_OfAnother_AnswersAlike()
    {
        var (estimator, last) = After([700, 720, 1300, 1310, 1320, 650]);
        var state = new byte[estimator.StateSize];
        estimator.SaveState(state);
        var other = new HeartRateEstimator(RateHz);
        other.RestoreState(state);
        Assert.Equal(estimator.At(last + 10), other.At(last + 10));
        Assert.Throws<ArgumentException>(() => new HeartRateEstimator(100).RestoreState(state));
    }

    private static (HeartRateEstimator Estimator, long Last) After(IEnumerable<float> rrMs, float confidence = 1)
    {
        var estimator = new HeartRateEstimator(RateHz);
        var at = 0L;
        estimator.Process(new Beat(at, 0, 1, 0, confidence, 90, BeatClass.Normal, at));
        foreach (var rr in rrMs)
        {
            at += (long)(rr * RateHz / 1000);
            estimator.Process(new Beat(at, 0, 1, rr, confidence, 90, BeatClass.Normal, at));
        }

        return (estimator, at);
    }
}
