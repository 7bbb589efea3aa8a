using SignalStream.Signal.Beats;

namespace SignalStream.UnitTests.Signal;

public sealed class HeartRateVariabilityTests
{
    private const double RateHz = 250;

    [Fact]
    public void Current_EqualIntervals_IsZero()
    {
        var figures = After(Enumerable.Repeat(800f, 60)).Current!.Value;
        Assert.Equal(new HrvFigures(0, 0, 0, 60, 1, 48_000), figures);
    }

    [Fact]
    public void Current_AlternatingIntervals_IsAsWorkedOutByHand()
    {
        // Differences of 100 ms throughout; the deviation of 50 ms around 850, n - 1 in the denominator.
        var figures = After(Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? 800f : 900f)).Current!.Value;
        Assert.Equal(100, figures.RmssdMs, 1e-4f);
        Assert.Equal(100, figures.Pnn50Percent);
        Assert.Equal(50 * Math.Sqrt(60.0 / 59), figures.SdnnMs, 1e-4);
    }

    [Theory]
    [InlineData(50f, 0)]
    [InlineData(50.125f, 100)]
    public void Current_DifferencesAroundFiftyMs_OnlyLargerOnesCount(float difference, float percent) =>
        Assert.Equal(percent, After(Enumerable.Range(0, 40).Select(i => 800 + (i % 2 * difference))).Current!.Value.Pnn50Percent);

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public void Current_FewIntervals_IsWithheldUntilThirty(int intervals, bool known) =>
        Assert.Equal(known, After(Enumerable.Repeat(800f, intervals)).Current.HasValue);

    [Fact]
    public void Process_VentricularBeat_LeavesOutTheIntervalsOnBothSides()
    {
        var variability = After(Enumerable.Repeat(800f, 40));
        Feed(variability, 40 * 200, [(480, BeatClass.VentricularLike, 1), (1120, BeatClass.Normal, 1), (800, BeatClass.Normal, 1), (800, BeatClass.Normal, 1)]);
        // The beat after the compensatory pause is late, so the interval behind it is out as well.
        Assert.Equal((0f, 0f, 41), (variability.Current!.Value.SdnnMs, variability.Current.Value.RmssdMs, variability.Current.Value.Intervals));
    }

    [Fact]
    public void Process_EarlyNarrowBeat_IsOutThoughItsClassIsNormal()
    {
        var variability = After(Enumerable.Repeat(800f, 40));
        Feed(variability, 40 * 200, [(600, BeatClass.Normal, 1), (800, BeatClass.Normal, 1), (800, BeatClass.Normal, 1)]);
        Assert.Equal((0f, 41), (variability.Current!.Value.SdnnMs, variability.Current.Value.Intervals));
    }

    [Fact]
    public void Process_DoubtfulBeat_IsOut()
    {
        var variability = After(Enumerable.Repeat(800f, 40));
        Feed(variability, 40 * 200, [(780, BeatClass.Normal, 0.3f), (820, BeatClass.Normal, 1), (800, BeatClass.Normal, 1)]);
        Assert.Equal((0f, 41), (variability.Current!.Value.SdnnMs, variability.Current.Value.Intervals));
    }

    [Fact]
    public void Process_GapInTheSignal_CountsAsTimeWithoutNn()
    {
        var variability = After(Enumerable.Repeat(800f, 40));
        variability.Process(At(8000 + (long)(60 * RateHz), 0));
        var figures = variability.Current!.Value;
        Assert.Equal((40, 92_000f), (figures.Intervals, figures.SpanMs));
        Assert.Equal(32f / 92, figures.NnShare, 1e-5f);
        variability.Process(At(8000 + (long)(3600 * RateHz), 0));
        Assert.Null(variability.Current);
    }

    [Fact]
    public void Current_ManyBeats_AgreesWithABatchOverTheLastFiveMinutes()
    {
        var random = new Random(7);
        var variability = new HeartRateVariability(RateHz);
        var intervals = new List<float>();
        variability.Process(At(0, 0));
        var at = 0.0;
        for (var i = 0; i < 3000; i++)
        {
            var rr = (float)(800 + (40 * Math.Sin(i / 9.0)) + (60 * random.NextDouble()));
            at += rr * RateHz / 1000;
            variability.Process(At((long)at, rr));
            intervals.Add(rr);
            if (i % 37 == 36) Agree(Batch(intervals), variability.Current!.Value);
        }
    }

    [Fact]
    public void Reset_AfterBeats_ForgetsThem()
    {
        var variability = After(Enumerable.Repeat(800f, 60));
        variability.Reset();
        Assert.Null(variability.Current);
        Feed(variability, 0, Enumerable.Repeat((700f, BeatClass.Normal, 1f), 60));
        Assert.Equal(0, variability.Current!.Value.SdnnMs);
    }

    [Fact]
    public void Process_AfterConstruction_AllocatesNothing()
    {
        var variability = After(Enumerable.Repeat(800f, 60));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) variability.Process(At(12_000 + (i * 200), 800 + (i % 5)));
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.NotNull(variability.Current);
    }

    /// <summary>The definitions, over the last intervals that fit into five minutes, all of them NN.</summary>
    private static (double Sdnn, double Rmssd, double Pnn50, int Count) Batch(List<float> intervals)
    {
        var span = 0.0;
        var last = intervals.AsEnumerable().Reverse().TakeWhile(rr => (span += rr) <= 300_000).Reverse().ToList();
        var mean = last.Average(rr => (double)rr);
        var differences = last.Zip(last.Skip(1), (a, b) => (double)b - a).ToList();
        return (
            Math.Sqrt(last.Sum(rr => Math.Pow(rr - mean, 2)) / (last.Count - 1)),
            Math.Sqrt(differences.Average(d => d * d)),
            100.0 * differences.Count(d => Math.Abs(d) > 50) / differences.Count,
            last.Count);
    }

    // Rounding to eighths of a millisecond can move an interval across the window's edge or a difference across 50 ms.
    private static void Agree((double Sdnn, double Rmssd, double Pnn50, int Count) expected, HrvFigures found)
    {
        Assert.InRange(found.Intervals, expected.Count - 1, expected.Count + 1);
        Assert.Equal(expected.Sdnn, found.SdnnMs, 0.2);
        Assert.Equal(expected.Rmssd, found.RmssdMs, 0.2);
        Assert.Equal(expected.Pnn50, found.Pnn50Percent, 1.0);
        Assert.Equal(1, found.NnShare, 1e-6f);
    }

    private static HeartRateVariability After(IEnumerable<float> rrMs)
    {
        var variability = new HeartRateVariability(RateHz);
        variability.Process(At(0, 0));
        Feed(variability, 0, rrMs.Select(rr => (rr, BeatClass.Normal, 1f)));
        return variability;
    }

    private static void Feed(HeartRateVariability variability, long from, IEnumerable<(float RrMs, BeatClass Class, float Confidence)> beats)
    {
        double at = from;
        foreach (var (rr, kind, confidence) in beats)
        {
            at += rr * RateHz / 1000;
            variability.Process(At((long)at, rr) with { Class = kind, Confidence = confidence });
        }
    }

    private static Beat At(long sample, float rrMs) => new(sample, 0, 1, rrMs, 1, 90, BeatClass.Normal, sample);
}
