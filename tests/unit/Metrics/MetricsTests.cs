using Prometheus;

namespace SignalStream.UnitTests.Standins;

public sealed class MetricsTests
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly MetricFactory _metrics;

    public MetricsTests() => _metrics = Metrics.WithCustomRegistry(_registry);

    [Fact]
    public async Task Inc_ManyThreads_LosesNothing()
    {
        const int threads = 8, adds = 20_000;
        var counter = _metrics.CreateCounter("frames_total", "Frames.", ["kind"]);
        var gauge = _metrics.CreateGauge("depth", "Depth.");
        var histogram = _metrics.CreateHistogram("delay_seconds", "Delay.", new HistogramConfiguration { Buckets = [1, 2] });
        var summary = _metrics.CreateSummary("size_bytes", "Size.");
        using var start = new Barrier(threads);

        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                for (var i = 0; i < adds; i++)
                {
                    counter.WithLabels(i % 2 == 0 ? "even" : "odd").Inc(0.5);
                    gauge.Inc(thread % 2 == 0 ? 2 : -1);
                    histogram.Observe(1.5);
                    summary.Observe(3);
                }
            },
            TaskCreationOptions.LongRunning)));

        Assert.Equal(threads * adds / 4.0, counter.WithLabels("even").Value);
        Assert.Equal(threads * adds / 4.0, counter.WithLabels("odd").Value);
        Assert.Equal(threads * adds / 2.0, gauge.Value);
        Assert.Equal(threads * adds, histogram.Count);
        Assert.Equal(threads * adds * 1.5, histogram.Sum);
        Assert.Contains($"size_bytes_count {threads * adds}\n", await _registry.Exported(), StringComparison.Ordinal);
    }

    [Fact]
    public void Inc_WithKnownLabels_AllocatesNothing()
    {
        var counter = _metrics.CreateCounter("frames_total", "Frames.", ["kind"]);
        var histogram = _metrics.CreateHistogram("delay_seconds", "Delay.");
        string[] labels = ["samples"];
        void Write()
        {
            for (var i = 0; i < 1000; i++)
            {
                counter.WithLabels((ReadOnlySpan<string>)labels).Inc();
                histogram.Observe(0.2);
            }
        }

        Write();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Write();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Inc_Negative_IsRefusedAndChangesNothing()
    {
        var counter = _metrics.CreateCounter("frames_total", "Frames.");

        Assert.Throws<ArgumentOutOfRangeException>(() => counter.Inc(-1));
        Assert.Equal(0, counter.Value);
    }

    [Fact]
    public void IncTo_LowerThanNow_KeepsTheValue()
    {
        var counter = _metrics.CreateCounter("frames_total", "Frames.");
        counter.IncTo(5);
        counter.IncTo(3);

        Assert.Equal(5, counter.Value);
    }

    [Fact]
    public void Gauge_SetIncDec_FollowsEach()
    {
        var gauge = _metrics.CreateGauge("depth", "Depth.");
        gauge.Set(10);
        gauge.Inc(2);
        gauge.Dec();
        Assert.Equal(11, gauge.Value);
        gauge.DecTo(4);
        gauge.DecTo(20);
        Assert.Equal(4, gauge.Value);
        gauge.Set(double.NaN);
        gauge.Inc();
        Assert.True(double.IsNaN(gauge.Value));
    }

    [Fact]
    public void TrackInProgress_UntilDisposed_CountsOne()
    {
        var gauge = _metrics.CreateGauge("scrapes", "Scrapes.");
        using (gauge.TrackInProgress())
            Assert.Equal(1, gauge.Value);

        Assert.Equal(0, gauge.Value);
    }

    [Fact]
    public void NewTimer_Disposed_ObservesOnce()
    {
        var histogram = _metrics.CreateHistogram("delay_seconds", "Delay.");
        using (histogram.NewTimer())
        {
        }

        Assert.Equal(1, histogram.Count);
        Assert.True(histogram.Sum >= 0);
    }

    [Fact]
    public void CountExceptions_FilterMatches_CountsAndThrowsOn()
    {
        var counter = _metrics.CreateCounter("errors_total", "Errors.");

        Assert.Throws<InvalidOperationException>(() => counter.CountExceptions(() => throw new InvalidOperationException()));
        Assert.Throws<FormatException>(() => counter.CountExceptions(() => throw new FormatException(), thrown => thrown is not FormatException));
        Assert.Equal(1, counter.Value);
    }

    [Fact]
    public void Create_SameNameAgain_ReturnsTheSameMetric()
    {
        var first = _metrics.CreateCounter("frames_total", "Frames.", ["kind"]);

        Assert.Same(first, _metrics.CreateCounter("frames_total", "Frames.", ["kind"]));
        Assert.NotSame(first, _metrics.CreateCounter("frames_total", "Frames.", ["kind", "stream"]));
        Assert.Same(first.WithLabels("a"), first.WithLabels("a"));
    }

    [Fact]
    public void Create_SameNameAsAnotherType_IsRefused()
    {
        _metrics.CreateCounter("frames_total", "Frames.");

        Assert.Throws<InvalidOperationException>(() => _metrics.CreateGauge("frames_total", "Frames."));
    }

    [Theory]
    [InlineData("")]
    [InlineData("9lives")]
    [InlineData("a-b")]
    [InlineData("ü")]
    public void Create_NameThatPrometheusRefuses_IsRefused(string name)
    {
        Assert.Throws<ArgumentException>(() => _metrics.CreateCounter(name, "Help."));
        Assert.Throws<ArgumentException>(() => _metrics.CreateCounter("a_total", "Help.", [name]));
    }

    [Fact]
    public void Create_LabelsThatClash_AreRefused()
    {
        var labelled = _metrics.WithLabels(new Dictionary<string, string> { ["service"] = "gateway" });

        Assert.Throws<InvalidOperationException>(() => labelled.CreateCounter("a_total", "Help.", ["service"]));
        Assert.Throws<ArgumentException>(() => _metrics.CreateCounter("a_total", "Help.", ["__name"]));
        Assert.Throws<ArgumentException>(() => _metrics.CreateHistogram("a_seconds", "Help.", ["le"]));
    }

    [Fact]
    public void WithLabels_WrongNumberOrNull_IsRefused()
    {
        var counter = _metrics.CreateCounter("a_total", "Help.", ["kind"]);

        Assert.Throws<ArgumentException>(() => counter.WithLabels("a", "b"));
        Assert.Throws<ArgumentException>(() => counter.WithLabels(null!, "b"));
        Assert.Throws<ArgumentException>(() => counter.WithLabels([null!]));
    }

    [Fact]
    public void Observe_OnABound_BelongsToTheBucketBelow()
    {
        var histogram = _metrics.CreateHistogram("delay_seconds", "Delay.", new HistogramConfiguration { Buckets = [1, 2] });
        histogram.Observe(1);
        histogram.Observe(double.NaN);
        histogram.Observe(2.5, 3);

        Assert.Equal(4, histogram.Count);
        Assert.Equal(8.5, histogram.Sum);
    }

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new[] { 2.0, 1 })]
    [InlineData(new[] { 1.0, 1 })]
    [InlineData(new[] { double.NaN })]
    public void CreateHistogram_BucketsNotAscending_AreRefused(double[] buckets) =>
        Assert.Throws<ArgumentException>(
            () => _metrics.CreateHistogram("delay_seconds", "Delay.", new HistogramConfiguration { Buckets = buckets }));

    [Fact]
    public void Buckets_EachSeries_IsExactInDecimal()
    {
        Assert.Equal([0.1, 0.3, 0.5], Histogram.LinearBuckets(0.1, 0.2, 3));
        Assert.Equal([0.001, 0.01, 0.1, 1], Histogram.ExponentialBuckets(0.001, 10, 4));
        Assert.Equal([0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10], Histogram.PowersOfTenDividedBuckets(-1, 1, 4));
        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 2, 3], Histogram.PowersOfTenDividedBuckets(-1, 1, 10)[..12]);
    }

    [Fact]
    public void Buckets_Nonsense_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Histogram.LinearBuckets(0, 1, 0));
        Assert.Throws<ArgumentException>(() => Histogram.ExponentialBuckets(0, 2, 3));
        Assert.Throws<ArgumentException>(() => Histogram.ExponentialBuckets(1, 1, 3));
        Assert.Throws<ArgumentException>(() => Histogram.PowersOfTenDividedBuckets(1, 1, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => Histogram.PowersOfTenDividedBuckets(0, 1, 0));
    }
}
