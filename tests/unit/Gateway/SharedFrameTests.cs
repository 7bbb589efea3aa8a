using SignalStream.Contracts;
using SignalStream.Gateway.Relay;

namespace SignalStream.UnitTests.Gateway;

public class SharedFrameTests
{
    private readonly RelayKit _kit = new();

    [Fact]
    public void Copy_FrameFromTheBus_DiffersInTheTopicOnly()
    {
        var frame = RelayKit.Wave(120, channels: 2);
        Assert.Equal(FrameError.None, FrameHeader.TryRead(frame, out var header));
        var shared = _kit.Frames.Copy(frame, header, 0x01020304);
        FrameHeader.WriteTopic(frame, 0x01020304);
        Assert.Equal(frame, shared.Bytes.ToArray());
        Assert.Equal(10, shared.Samples);
    }

    [Fact]
    public void Gap_Stretch_ReadsBackAsACheckedGapFrame()
    {
        var bytes = _kit.Frames.Gap(9, new Stretch(5, 100, 350, 250, 42), GapReason.DroppedForViewer).Bytes.ToArray();
        Assert.Equal(FrameError.None, FrameHeader.TryRead(bytes, out var header));
        Assert.Equal(new FrameHeader(FrameKind.Gap, 0, 0, 9, 5, 250, 100, 42), header);
        Assert.Equal((250UL, 2), (SharedFrame.CoverOf(header, bytes), bytes[^1]));
    }

    [Fact]
    public void Event_FromTheLog_ReadsBackAsACheckedEventFrame()
    {
        var logged = RelayKit.Rate(1000, epoch: 3, sequence: 77);
        var bytes = _kit.Frames.Event(9, 250, logged).Bytes.ToArray();
        Assert.Equal(FrameError.None, FrameHeader.TryRead(bytes, out var header));
        Assert.Equal(new FrameHeader(FrameKind.Event, 0, 0, 9, 3, 250, 77, 4_000_000_000), header);
        Assert.Equal(logged.Bytes.ToArray(), bytes[FrameHeader.Size..]);
    }

    [Fact]
    public void Release_LastOfThreeHolders_ReturnsTheBufferOnceAndOnlyThen()
    {
        var frame = _kit.Shared(0).Hold().Hold();
        frame.Release();
        frame.Release();
        Assert.Equal((1, 1L), (_kit.Buffers.Out, _kit.Frames.Rented));
        frame.Release();
        Assert.Equal((0, 0L), (_kit.Buffers.Out, _kit.Frames.Rented));
        Assert.Throws<ObjectDisposedException>(frame.Release);
        Assert.Throws<ObjectDisposedException>(() => frame.Bytes);
    }

    [Fact]
    public async Task Release_ManyThreadsAtOnce_ReturnsTheBufferOnce()
    {
        for (var round = 0; round < 200; round++)
        {
            var frame = _kit.Shared(0);
            for (var i = 0; i < 7; i++)
                frame.Hold();
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(frame.Release)));
        }

        Assert.Equal(0, _kit.Buffers.Out);
    }
}
