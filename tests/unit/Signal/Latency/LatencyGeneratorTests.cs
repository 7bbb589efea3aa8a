using SignalStream.Signal.Synthesis;

namespace SignalStream.UnitTests.Signal.Latency;

public sealed class LatencyGeneratorTests
{
    private const long HalfSecond = 500_000_000;
    private const int ADay = 172_800;

    [Fact]
    public void Next_EqualSettings_MakesEqualReadings()
    {
        var settings = new LatencySettings { SpikesPerHour = 20, CongestionsPerDay = 100, RouteChangesPerDay = 100, LossBurstsPerDay = 100, Seed = 4 };
        Assert.Equal(Take(settings, 5000), Take(settings, 5000));
        Assert.NotEqual(Take(settings, 5000), Take(settings with { Seed = 5 }, 5000));
    }

    [Fact]
    public void Next_QuietLine_IsBaseAndQueue()
    {
        var readings = Take(new LatencySettings { BaseMs = 20, JitterMs = 2 }, 20_000);
        Assert.All(readings, ms => Assert.True(ms >= 20));
        Assert.Equal(22, readings.Average(), 0.1);
    }

    [Fact]
    public void Next_OverADay_IsSlowestAtThePeak()
    {
        var readings = Take(new LatencySettings { DiurnalShare = 1, PeakHour = 20 }, ADay);
        var hours = readings.Chunk(7200).Select(hour => hour.Average()).ToArray();
        Assert.InRange(Array.IndexOf(hours, hours.Max()), 19, 20);
        Assert.InRange(Array.IndexOf(hours, hours.Min()), 7, 8);
    }

    [Fact]
    public void Next_LossesAndBursts_ComeAsOftenAsAsked()
    {
        var lost = Take(new LatencySettings { LossShare = 0.01 }, ADay).Count(float.IsNaN);
        Assert.InRange(lost, 1600, 1860);
        var inBursts = Take(new LatencySettings { LossBurstsPerDay = 100, LossBurstSeconds = 10 }, ADay).Count(float.IsNaN);
        Assert.InRange(inBursts, 700, 1300);
    }

    [Fact]
    public void Constructor_SettingOutOfRange_IsNamed()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new LatencyGenerator(new LatencySettings { LossShare = 1.5 }));
        Assert.Contains("LossShare must be from 0 to 1", error.Message, StringComparison.Ordinal);
    }

    private static float[] Take(LatencySettings settings, int count)
    {
        var generator = new LatencyGenerator(settings);
        return [.. Enumerable.Range(0, count).Select(i => generator.Next(i * HalfSecond))];
    }
}
