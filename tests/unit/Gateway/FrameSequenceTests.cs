using SignalStream.Contracts;
using SignalStream.Gateway.Relay;
using SignalStream.Gateway.Relay.Resume;

namespace SignalStream.UnitTests.Gateway;

public class FrameSequenceTests
{
    private readonly RelayKit _kit = new();
    private readonly FrameSequence _sequence = new();

    [Fact]
    public void Judge_FirstFrameAnywhere_IsNext() => Assert.Equal(Arrival.Next, Judge(1, 5000));

    [Theory]
    [InlineData(2, 100, "Next")]
    [InlineData(2, 101, "Ahead")]
    [InlineData(2, 99, "Repeat")]
    [InlineData(2, 90, "Repeat")]
    [InlineData(1, 1000, "Repeat")]
    [InlineData(3, 0, "NewEpoch")]
    public void Judge_AfterEpoch2UpTo100_SaysHowItFits(uint epoch, ulong first, string arrival)
    {
        _sequence.Begin(2, 100);
        Assert.Equal(arrival, Judge(epoch, first).ToString());
    }

    [Theory]
    [InlineData(ulong.MaxValue, 1)]
    [InlineData(ulong.MaxValue - 9, 10)]
    [InlineData(5, 0)]
    public void Judge_BeyondTheRangeOfPlacesOrNothing_IsRefused(ulong first, ulong covers) =>
        Assert.Equal(Arrival.Repeat, _sequence.Judge(Header(1, first), covers));

    [Fact]
    public void TryTakeHeld_WhatWasMissingHasCome_GivesTheOthersInOrderAndOnce()
    {
        _sequence.Begin(1, 10);
        foreach (var first in new ulong[] { 40, 20, 30, 20 })
            Hold(first);
        Assert.False(_sequence.TryTakeHeld(out _));
        _sequence.Begin(1, 20);
        Assert.Equal([20UL, 30, 40], TakeHeld());
        Assert.Equal((1u, 50UL), _sequence.Place);
        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Fact]
    public void SkipHole_TellsPlaceLengthAndTimeAndGoesOnBehindIt()
    {
        _sequence.Begin(1, 10);
        Hold(250);
        // Sample 10 at 250 Hz comes 40 ms after sample 0.
        Assert.Equal(new Stretch(1, 10, 250, 250, 40_000_000), _sequence.SkipHole());
        Assert.Equal([250UL], TakeHeld());
        Assert.False(_sequence.HasHole);
    }

    [Fact]
    public void Clear_FramesWait_GivesThemBack()
    {
        _sequence.Begin(1, 0);
        Hold(20);
        Hold(40);
        _sequence.Clear();
        Assert.Equal((0, 0), (_sequence.Waiting, _kit.Buffers.Out));
    }

    private static FrameHeader Header(uint epoch, ulong first) => new(FrameKind.Samples, 0, 10, 0, epoch, 250, first, (long)first * 4_000_000);

    private Arrival Judge(uint epoch, ulong first) => _sequence.Judge(Header(epoch, first), 10);

    private void Hold(ulong first)
    {
        var frame = _kit.Shared(first);
        _sequence.Hold(frame);
        frame.Release();
    }

    private List<ulong> TakeHeld()
    {
        var taken = new List<ulong>();
        while (_sequence.TryTakeHeld(out var frame))
        {
            taken.Add(frame!.Header.First);
            frame.Release();
        }

        return taken;
    }
}
