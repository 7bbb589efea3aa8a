using SignalStream.Signal.Timing;

namespace SignalStream.UnitTests.Signal;

public sealed class SampleClockTests
{
    private const long Start = 1_700_000_000_000_000_000;

    [Theory]
    [InlineData(250, 1, 4_000_000)]
    [InlineData(360, 1, 2_777_777)]
    [InlineData(360, 9, 25_000_000)]
    [InlineData(360, -1, -2_777_778)]
    [InlineData(0.5, 3, 6_000_000_000)]
    [InlineData(360, 360L * 86_400 * 365, 86_400L * 365 * 1_000_000_000)]
    [InlineData(128.5, 257L * 86_400 * 365, 2 * 86_400L * 365 * 1_000_000_000)]
    public void TimeNs_KnownRates_IsExact(double rateHz, long index, long afterNs) =>
        Assert.Equal(Start + afterNs, new SampleClock(Start, rateHz).TimeNs(index));

    [Theory]
    [InlineData(3_999_999, 0)]
    [InlineData(4_000_000, 1)]
    [InlineData(4_000_001, 1)]
    [InlineData(-1, -1)]
    public void IndexAt_AroundASample_IsTheLastOneNotAfter(long afterNs, long index) =>
        Assert.Equal(index, new SampleClock(Start, 250).IndexAt(Start + afterNs));

    [Fact]
    public void TimeNs_BeyondTheRange_Throws() =>
        Assert.Throws<OverflowException>(() => new SampleClock(Start, 1).TimeNs(long.MaxValue));

    [Theory]
    [InlineData(0)]
    [InlineData(-250)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Constructor_RateOutOfRange_Throws(double rateHz) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SampleClock(0, rateHz));
}
