using System.Globalization;
using Prometheus;

namespace SignalStream.UnitTests.Standins;

public sealed class ExpositionTests
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly MetricFactory _metrics;

    public ExpositionTests() => _metrics = Metrics.WithCustomRegistry(_registry);

    [Fact]
    public async Task Export_PrometheusText_IsTheFormatsText()
    {
        Fill();

        Assert.Equal(
            """
            # HELP frames_total Frames relayed.
            # TYPE frames_total counter
            frames_total{kind="samples"} 3
            frames_total{kind="gap"} 0.5
            # HELP depth Depth.
            # TYPE depth gauge
            depth -2
            # HELP delay_seconds Delay.
            # TYPE delay_seconds histogram
            delay_seconds_bucket{le="0.1"} 1
            delay_seconds_bucket{le="1"} 1
            delay_seconds_bucket{le="+Inf"} 2
            delay_seconds_sum 5.05
            delay_seconds_count 2
            # HELP size_bytes Size.
            # TYPE size_bytes summary
            size_bytes_sum 7
            size_bytes_count 1

            """,
            await _registry.Exported());
    }

    [Fact]
    public async Task Export_OpenMetrics_NamesCountersWithoutTotalAndEndsInEof()
    {
        Fill();

        Assert.Equal(
            """
            # HELP frames Frames relayed.
            # TYPE frames counter
            frames_total{kind="samples"} 3.0
            frames_total{kind="gap"} 0.5
            # HELP depth Depth.
            # TYPE depth gauge
            depth -2.0
            # HELP delay_seconds Delay.
            # TYPE delay_seconds histogram
            delay_seconds_bucket{le="0.1"} 1
            delay_seconds_bucket{le="1.0"} 1
            delay_seconds_bucket{le="+Inf"} 2
            delay_seconds_sum 5.05
            delay_seconds_count 2
            # HELP size_bytes Size.
            # TYPE size_bytes summary
            size_bytes_sum 7.0
            size_bytes_count 1
            # EOF

            """,
            await _registry.Exported(ExpositionFormat.OpenMetricsText));
    }

    [Fact]
    public async Task Export_SpecialCharacters_AreEscapedOrUtf8()
    {
        _metrics.CreateGauge("a", "Back\\slash, new\nline, \"quote\", ü.", ["path"]).WithLabels("C:\\x \"y\"\nü→𝄞").Set(1);

        var text = await _registry.Exported();
        var openMetrics = await _registry.Exported(ExpositionFormat.OpenMetricsText);

        Assert.Contains("""# HELP a Back\\slash, new\nline, "quote", ü.""" + "\n", text, StringComparison.Ordinal);
        Assert.Contains("""# HELP a Back\\slash, new\nline, \"quote\", ü.""" + "\n", openMetrics, StringComparison.Ordinal);
        Assert.Contains("""a{path="C:\\x \"y\"\nü→𝄞"} 1""" + "\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.PositiveInfinity, "+Inf", "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf", "-Inf")]
    [InlineData(double.NaN, "NaN", "NaN")]
    [InlineData(0.1 + 0.2, "0.30000000000000004", "0.30000000000000004")]
    [InlineData(1234567890123456, "1234567890123456", "1234567890123456.0")]
    [InlineData(1e300, "1e+300", "1e+300")]
    [InlineData(-0.000001, "-1e-06", "-1e-06")]
    public async Task Export_AnyNumber_IsWrittenInFullWhateverTheCulture(double value, string text, string openMetrics)
    {
        _metrics.CreateGauge("a", "Help.").Set(value);
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };

            Assert.EndsWith($"\na {text}\n", await _registry.Exported(), StringComparison.Ordinal);
            Assert.EndsWith($"\na {openMetrics}\n# EOF\n", await _registry.Exported(ExpositionFormat.OpenMetricsText), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public async Task Export_CounterWithoutTotal_IsUnknownInOpenMetrics()
    {
        _metrics.CreateCounter("frames", "Frames.").Inc();

        Assert.Contains("# TYPE frames unknown\nframes 1.0\n", await _registry.Exported(ExpositionFormat.OpenMetricsText), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_StaticLabels_FollowTheMetricsOwn()
    {
        _registry.SetStaticLabels(new Dictionary<string, string> { ["region"] = "eu" });
        _metrics.WithLabels(new Dictionary<string, string> { ["service"] = "gateway" }).CreateGauge("a", "Help.", ["kind"]).WithLabels("x").Set(1);
        _metrics.CreateHistogram("b", "Help.", new HistogramConfiguration { Buckets = [1] }).Observe(1);

        var text = await _registry.Exported();

        Assert.Contains("a{kind=\"x\",service=\"gateway\",region=\"eu\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("b_bucket{region=\"eu\",le=\"1\"} 1\n", text, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => _registry.SetStaticLabels(new Dictionary<string, string> { ["a"] = "b" }));
    }

    [Fact]
    public async Task Export_OneNameWithDifferentLabels_HasOneHeader()
    {
        _metrics.CreateGauge("a", "Help.", ["x"]).WithLabels("1").Set(1);
        _metrics.CreateGauge("a", "Help.", ["y"]).WithLabels("2").Set(2);

        Assert.Equal("# HELP a Help.\n# TYPE a gauge\na{x=\"1\"} 1\na{y=\"2\"} 2\n", await _registry.Exported());
    }

    [Fact]
    public async Task Export_SuppressedInitialValue_AppearsOnceWritten()
    {
        var gauge = _metrics.CreateGauge("a", "Help.", new GaugeConfiguration { SuppressInitialValue = true });
        Assert.DoesNotContain("\na ", await _registry.Exported(), StringComparison.Ordinal);

        gauge.Set(0);
        Assert.Contains("\na 0\n", await _registry.Exported(), StringComparison.Ordinal);

        gauge.Unpublish();
        Assert.DoesNotContain("\na ", await _registry.Exported(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Remove_AChild_TakesItOutAndBeginsAnew()
    {
        var gauge = _metrics.CreateGauge("a", "Help.", ["x"]);
        gauge.WithLabels("1").Set(7);
        gauge.WithLabels("2").Set(8);

        gauge.RemoveLabelled("1");

        Assert.Equal([["2"]], gauge.GetAllLabelValues());
        Assert.Equal("# HELP a Help.\n# TYPE a gauge\na{x=\"2\"} 8\n", await _registry.Exported());
        Assert.Equal(0, gauge.WithLabels("1").Value);
    }

    [Fact]
    public async Task Export_Callbacks_RunBeforeAndMayFail()
    {
        var gauge = _metrics.CreateGauge("a", "Help.");
        _registry.AddBeforeCollectCallback(() => throw new InvalidOperationException("ignored"));
        _registry.AddBeforeCollectCallback(() => gauge.Set(1));
        _registry.AddBeforeCollectCallback(async cancel =>
        {
            await Task.Yield();
            cancel.ThrowIfCancellationRequested();
            gauge.Inc();
        });

        Assert.EndsWith("\na 2\n", await _registry.Exported(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_CallbackSaysScrapeFailed_Fails()
    {
        _registry.AddBeforeCollectCallback(() => throw new ScrapeFailedException("no data"));

        await Assert.ThrowsAsync<ScrapeFailedException>(() => _registry.Exported());
    }

    [Fact]
    public async Task Register_DotNetStats_ReportsThisProcess()
    {
        DotNetStats.Register(_registry);

        var lines = (await _registry.Exported()).Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => double.Parse(parts[1], CultureInfo.InvariantCulture));

        Assert.True(lines["process_cpu_seconds_total"] > 0);
        Assert.True(lines["process_working_set_bytes"] > 1e6);
        Assert.True(lines["process_virtual_memory_bytes"] > 1e6);
        Assert.True(lines["process_private_memory_bytes"] > 1e6);
        Assert.True(lines["process_num_threads"] >= 1);
        Assert.True(lines["process_open_handles"] >= 1);
        Assert.InRange(lines["process_start_time_seconds"], 1e9, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 1);
        Assert.True(lines["dotnet_total_memory_bytes"] > 0);
        Assert.Contains("dotnet_collection_count_total{generation=\"2\"}", lines.Keys);
    }

    private void Fill()
    {
        var frames = _metrics.CreateCounter("frames_total", "Frames relayed.", ["kind"]);
        frames.WithLabels("samples").Inc(3);
        frames.WithLabels("gap").Inc(0.5);
        _metrics.CreateGauge("depth", "Depth.").Dec(2);
        var delay = _metrics.CreateHistogram("delay_seconds", "Delay.", new HistogramConfiguration { Buckets = [0.1, 1] });
        delay.Observe(0.05);
        delay.Observe(5);
        _metrics.CreateSummary("size_bytes", "Size.").Observe(7);
    }
}
