using SignalStream.Producer.Pacing;

namespace SignalStream.UnitTests.Producer;

public sealed class ScheduleTests
{
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData(250, 1)]
    [InlineData(360, 1)]
    [InlineData(250, 4)]
    [InlineData(1000, 0.5)]
    public void DueNs_Steady_IsExactAfterADay(double rateHz, double speed)
    {
        var samplesADay = (long)(86_400 * rateHz * speed);
        Assert.Equal(86_400 * Second, new Schedule(rateHz, speed).DueNs(samplesADay));
    }

    [Fact]
    public void DueNs_WithBursts_FollowsCalmAndBurstInEachCycle()
    {
        // A cycle of 10 s: 8 s at 100 Hz, then 2 s at 400 Hz: 1,600 samples.
        var schedule = new Schedule(100, 1, new Burst(8, 2, 4));
        Assert.Equal(0, schedule.DueNs(0));
        Assert.Equal(4 * Second, schedule.DueNs(400));
        Assert.Equal(8 * Second, schedule.DueNs(800));
        Assert.Equal(9 * Second, schedule.DueNs(1200));
        Assert.Equal(10 * Second, schedule.DueNs(1600));
        Assert.Equal(1004 * Second, schedule.DueNs(160_400));
        Assert.Equal(1.6, schedule.Speed(100), 12);
    }

    [Fact]
    public void DueNs_WithBursts_NeverGoesBack()
    {
        var schedule = new Schedule(257, 1.3, new Burst(0.7, 0.31, 7));
        for (var i = 1; i < 5000; i++)
            Assert.True(schedule.DueNs(i) >= schedule.DueNs(i - 1));
    }
}
