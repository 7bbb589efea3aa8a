using Microsoft.Extensions.Logging.Abstractions;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay;
using SignalStream.Messaging;

namespace SignalStream.UnitTests.Gateway;

public class WaveFeedTests
{
    private readonly RelayKit _kit = new();

    [Fact]
    public async Task Relay_TwoViewers_GetTheSameBytesWithTheTopicFilledIn()
    {
        await using var feed = NewFeed();
        var other = new FakeWire();
        _kit.Topic.Attach(_kit.NewStream());
        _kit.Topic.Attach(new ViewerStream(_kit.NewViewer(other), _kit.Topic, TypeSet.All));
        var frame = RelayKit.Wave(0);
        feed.Relay(frame);
        _kit.Work();
        FrameHeader.WriteTopic(frame, _kit.Topic.Number);
        Assert.Equal(frame, Assert.Single(_kit.Socket.Sent).Bytes);
        Assert.Equal(frame, Assert.Single(other.Sent).Bytes);
        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Fact]
    public async Task Relay_ViewerWithoutWaves_GetsNone()
    {
        await using var feed = NewFeed();
        _kit.Topic.Attach(_kit.NewStream(TypeSet.Of([SignalType.Finding])));
        feed.Relay(RelayKit.Wave(0));
        _kit.Work();
        Assert.Empty(_kit.Socket.Sent);
        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Theory]
    [InlineData("too_short", new byte[] { 1, 16 })]
    [InlineData("version", new byte[] { 1, 32 })]
    [InlineData("kind", new byte[] { 9, 16 })]
    [InlineData("scale", new byte[] { 1, 17 })]
    [InlineData("length", new byte[] { 1, 16, 11 })]
    [InlineData("kind", new byte[] { 3, 16, 0 })]
    public async Task Relay_BadFrame_IsCountedByReasonAndTheNextOneFlows(string reason, byte[] start)
    {
        await using var feed = NewFeed();
        _kit.Topic.Attach(_kit.NewStream());
        var bad = reason == "too_short" ? start : RelayKit.Wave(0);
        start.CopyTo(bad, 0);
        feed.Relay(bad);
        feed.Relay(RelayKit.Wave(0));
        _kit.Work();
        Assert.Single(_kit.Socket.Sent);
        Assert.Equal(1, await _kit.MetricAsync($"signalstream_gateway_frames_rejected_total{{reason=\"{reason}\"}}"));
    }

    [Fact]
    public async Task Relay_RepeatAndHole_DropsTheRepeatAndTellsTheHole()
    {
        await using var feed = NewFeed();
        _kit.Topic.Attach(_kit.NewStream());
        feed.Relay(RelayKit.Wave(0));
        feed.Relay(RelayKit.Wave(0));
        feed.Relay(RelayKit.Wave(30));
        _kit.Work();
        Assert.Equal([FrameKind.Samples, FrameKind.Gap, FrameKind.Samples], _kit.Socket.Sent.Select(s => (FrameKind)s.Bytes[0]));
        Assert.Equal((20UL, (byte)GapReason.BeforeGateway), (BitConverter.ToUInt64(_kit.Socket.Sent[1].Bytes, 32), _kit.Socket.Sent[1].Bytes[^1]));
        Assert.Equal(1, await _kit.MetricAsync("signalstream_gateway_frames_rejected_total{reason=\"repeat\"}"));
        Assert.Equal(0, _kit.Buffers.Out);
    }

    private WaveFeed NewFeed() => new(_kit.Topic, _kit.Frames, null, _kit.Metrics, _kit.Time, NullLogger.Instance);
}
