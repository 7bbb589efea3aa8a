using SignalStream.Contracts;
using SignalStream.Gateway.Relay;

namespace SignalStream.UnitTests.Gateway;

public class WaveOrderTests
{
    private WaveOrder _order;

    [Fact]
    public void TryTake_FirstFrameAnywhere_IsTakenWithoutAGap()
    {
        Assert.True(Take(1, 5000, out var lost));
        Assert.Null(lost);
    }

    [Fact]
    public void TryTake_FramesThatFollow_AreTakenWithoutAGap()
    {
        for (ulong first = 0; first < 100; first += 10)
        {
            Assert.True(Take(1, first, out var lost));
            Assert.Null(lost);
        }
    }

    [Fact]
    public void TryTake_FrameAfterAHole_TellsPlaceLengthAndTimeOfTheHole()
    {
        Take(1, 0, out _);
        Assert.True(Take(1, 250, out var lost));
        // Sample 10 at 250 Hz comes 40 ms after sample 0.
        Assert.Equal(new Stretch(1, 10, 250, 250, 40_000_000), lost);
        Assert.Equal(240UL, lost!.Value.Length);
    }

    [Theory]
    [InlineData(2, 95)]
    [InlineData(2, 90)]
    [InlineData(1, 1000)]
    public void TryTake_WhatCameBefore_IsARepeatAndMovesNothing(uint epoch, ulong first)
    {
        Take(2, 90, out _);
        Assert.False(Take(epoch, first, out _));
        Assert.True(Take(2, 100, out var lost));
        Assert.Null(lost);
    }

    [Fact]
    public void TryTake_HigherEpoch_StartsAnewWithoutAGap()
    {
        Take(1, 1_000_000, out _);
        Assert.True(Take(2, 0, out var lost));
        Assert.Null(lost);
    }

    [Fact]
    public void TryTake_PlaceThatWouldPassTheLastOne_IsRefused() => Assert.False(Take(1, ulong.MaxValue - 5, out _));

    private bool Take(uint epoch, ulong first, out Stretch? lost) => _order.TryTake(
        new FrameHeader(FrameKind.Samples, 0, 10, 0, epoch, 250, first, (long)first * 4_000_000), 10, out lost);
}
