using System.Diagnostics;
using Prometheus;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Standins;

public sealed class PromtoolTests
{
    [SkippableFact]
    public async Task Export_EveryKindOfMetric_PromtoolHasNothingToSay()
    {
        var (exitCode, output) = await Check(Requirement.Promtool(), await Exported("signalstream_frames_total"));

        Assert.Equal("", output);
        Assert.Equal(0, exitCode);
    }

    [SkippableFact]
    public async Task Export_CounterNamedAgainstTheRules_PromtoolSaysSo()
    {
        var (exitCode, output) = await Check(Requirement.Promtool(), await Exported("signalstream_frames"));

        Assert.Contains("_total", output, StringComparison.Ordinal);
        Assert.NotEqual(0, exitCode);
    }

    private static async Task<byte[]> Exported(string counter)
    {
        var registry = Metrics.NewCustomRegistry();
        registry.SetStaticLabels(new Dictionary<string, string> { ["service"] = "gateway \"ü\" \\\n" });
        DotNetStats.Register(registry);
        var metrics = Metrics.WithCustomRegistry(registry);
        var frames = metrics.CreateCounter(counter, "Frames \\ relayed,\nby kind \"ü\".", ["kind"]);
        frames.WithLabels("samples").Inc(1e18);
        frames.WithLabels("a \"quoted\" \\ value\n→").Inc(0.1);
        metrics.CreateGauge("signalstream_lag_seconds", "Lag.").Set(double.NegativeInfinity);
        metrics.CreateGauge("signalstream_age_seconds", "Age.").Set(double.NaN);
        metrics.CreateHistogram("signalstream_delay_seconds", "Delay.", ["kind"]).WithLabels("samples").Observe(1e-7);
        metrics.CreateHistogram("signalstream_wait_seconds", "Wait.").Observe(double.PositiveInfinity);
        metrics.CreateSummary("signalstream_size_bytes", "Size.").Observe(42);
        using var text = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(text, ExpositionFormat.PrometheusText, CancellationToken.None);
        return text.ToArray();
    }

    private static async Task<(int ExitCode, string Output)> Check(string promtool, byte[] text)
    {
        using var process = Process.Start(new ProcessStartInfo(promtool, ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.BaseStream.WriteAsync(text);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
