using SignalStream.Signal.Latency;

namespace SignalStream.UnitTests.Signal.Latency;

public sealed class LatencyWindowsTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Figures_OfTenSeconds_CountWhatIsInThem()
    {
        var windows = Fill(Enumerable.Range(0, 200).Select(i => i % 10 == 9 ? float.NaN : 20f + (i % 2)));
        var figures = windows.Figures(0);
        Assert.Equal((20, 2), (figures.Readings, figures.Lost));
        Assert.Equal((20, 21), (figures.MinMs, figures.MaxMs));
        Assert.InRange(figures.P50Ms, 20, 20.2);
        Assert.InRange(figures.P95Ms, 20.8, 21);
        Assert.Equal(120, windows.Figures(1).Readings);
        Assert.Equal(200, windows.Figures(2).Readings);
    }

    [Fact]
    public void Figures_WithoutAnswers_AreBadAndNotInvented()
    {
        var figures = Fill(Enumerable.Repeat(float.NaN, 30)).Figures(0);
        Assert.Equal((20, 20, 0.0, QualityClass.Bad), (figures.Readings, figures.Lost, figures.P50Ms, figures.Class));
        Assert.Equal(QualityClass.Unknown, new LatencyWindows().Figures(0).Class);
    }

    [Fact]
    public void Figures_Jitter_FollowsRfc3550()
    {
        // The estimator by hand: J += (|D| - J) / 16.
        var expected = 0.0;
        foreach (var difference in new[] { 16, 16, 0, 32 })
            expected += (difference - expected) / 16;
        var figures = Fill([20, 36, 20, 20, 52]).Figures(0);
        Assert.Equal(expected, figures.JitterMs, 1e-9);
        Assert.Equal((16 + 16 + 0 + 32) / 4.0, figures.MeanDifferenceMs, 1e-9);
    }

    [Fact]
    public void Figures_Stutters_AreRisesAboveTheThreshold() =>
        Assert.Equal(2, Fill([20, 45, 20, 39, 20, float.NaN, 41, 20]).Figures(0).Stutters);

    [Fact]
    public void Advance_ToAfterTheWindow_EmptiesIt()
    {
        var windows = Fill(Enumerable.Repeat(20f, 20));
        windows.Advance(25 * Second);
        Assert.Equal((0, QualityClass.Unknown), (windows.Figures(0).Readings, windows.Figures(0).Class));
        Assert.Equal(20, windows.Figures(1).Readings);
    }

    [Fact]
    public void Add_MoreThanFit_DropsTheOldest()
    {
        var windows = new LatencyWindows();
        for (var i = 0; i < 5000; i++)
            windows.Add(i * Second / 100, 20);
        Assert.Equal(1200, windows.Figures(2).Readings);
        Assert.Equal(1000, windows.Figures(0).Readings);
    }

    [Fact]
    public void Add_AfterConstruction_AllocatesNothing()
    {
        var windows = Fill(Enumerable.Repeat(20f, 700));
        windows.Figures(2);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 700; i < 2000; i++)
        {
            windows.Add(i * Second / 2, i % 50);
            windows.Figures(i % 3);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void RestoreState_SavedAnywhere_GoesOnBitForBit()
    {
        var random = new Random(5);
        var values = Enumerable.Range(0, 4000).Select(_ => random.Next(20) == 0 ? float.NaN : 20 + (10 * random.NextSingle())).ToArray();
        foreach (var cut in new[] { 0, 1, 20, 599, 601, 1201, 3000 })
        {
            var (first, second) = (Fill(values[..cut]), Fill(values[..100]));
            var state = new byte[first.StateSize];
            first.SaveState(state);
            second.RestoreState(state);
            for (var i = cut; i < values.Length; i++)
            {
                first.Add(i * Second / 2, values[i]);
                second.Add(i * Second / 2, values[i]);
                Assert.Equal(first.Figures(i % 3), second.Figures(i % 3));
            }
        }
    }

    /// <summary>Two readings a second from time 0 on.</summary>
    private static LatencyWindows Fill(IEnumerable<float> values)
    {
        var windows = new LatencyWindows();
        foreach (var (i, value) in values.Index())
            windows.Add(i * Second / 2, value);
        return windows;
    }
}
