using System.Text;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Gateway;

public class DeflationTests
{
    private readonly RelayKit _kit = new();
    private readonly FakeWire _wire = new();
    private readonly Viewer _viewer;

    public DeflationTests() => _viewer = _kit.NewViewer(_wire, new MessageForm(deflating: _kit.Metrics));

    [Fact]
    public void Deflated_Frame_IsTheSameOnceInflatedAndMadeOnce()
    {
        var frame = _kit.Shared(0, count: 100);
        var message = frame.Deflated!;
        Assert.Equal((0xC2, true), (message[0], message.Length < frame.Message.Length));
        Assert.Equal(frame.Bytes.ToArray(), MessageDeflate.Inflate(message[Framing.HeadLength(message.Length - 4)..]));
        Assert.Same(message, frame.Deflated);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(5000)]
    public void Message_NoiseOrTooShort_IsNone(int length)
    {
        var noise = new byte[length];
        new Random(7).NextBytes(noise);
        Assert.Empty(Deflation.Message(Framing.Binary, noise));
    }

    [Fact]
    public async Task Publish_TwoCompressedViewersBesideAPlainOne_AllGetTheSameFrames()
    {
        var other = new FakeWire();
        var another = _kit.NewViewer(other, new MessageForm(deflating: _kit.Metrics));
        foreach (var viewer in new[] { _kit.Viewer, _viewer, another })
            _kit.Topic.Attach(new ViewerStream(viewer, _kit.Topic, TypeSet.All));
        var plain = 0L;
        for (ulong first = 0; first < 1000; first += 100)
        {
            var frame = _kit.Shared(first, count: 100);
            plain += frame.Message.Length;
            _kit.Publish(frame);
        }

        _kit.Work();
        Assert.Equal(10, _kit.Socket.Sent.Count);
        Assert.Equal(_kit.Socket.Sent.Select(s => s.Bytes), _wire.Sent.Select(s => s.Bytes));
        Assert.Equal(_kit.Socket.Sent.Select(s => s.Bytes), other.Sent.Select(s => s.Bytes));
        Assert.Equal((0, _wire.Compressed), (_kit.Socket.Compressed, other.Compressed));
        Assert.InRange(_wire.Compressed, 1, 10);
        Assert.Equal(2 * (plain - _wire.Taken), await _kit.MetricAsync("signalstream_gateway_bytes_spared_total"));
        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Fact]
    public void SendText_LongAndShort_OnlyTheLongIsCompressed()
    {
        var text = string.Concat(Enumerable.Range(0, 100).Select(i => $"{{\"stream\":{i}}}"));
        _viewer.SendText(Encoding.UTF8.GetBytes(text));
        _viewer.SendText("short"u8.ToArray());
        _viewer.SendText(() => Encoding.UTF8.GetBytes(text));
        _kit.Work();
        Assert.Equal([text, "short", text], _wire.Sent.Select(s => Encoding.UTF8.GetString(s.Bytes)));
        Assert.Equal(2, _wire.Compressed);
    }

    [Fact]
    public void Publish_WireThatTakesAByteAtATime_GetsWholeCompressedMessages()
    {
        _wire.Most = 1;
        _kit.Topic.Attach(new ViewerStream(_viewer, _kit.Topic, TypeSet.All));
        _kit.Publish(_kit.Shared(0, count: 100));
        _kit.Publish(_kit.Shared(100, count: 100));
        _kit.Work();
        Assert.Equal([0ul, 100ul], _wire.Sent.Select(s => BitConverter.ToUInt64(s.Bytes, 16)));
        Assert.Equal(2, _wire.Compressed);
    }

    [Fact]
    public void Publish_ViewerThatAskedForLess_GetsItsEnvelopesCompressed()
    {
        _kit.Topic.Attach(new ViewerStream(_viewer, _kit.Topic, TypeSet.All, new SignalStream.Gateway.Relay.Thinning.Detail(null, Scale: 1)));
        for (ulong first = 0; first < 4000; first += 200)
        {
            _kit.Publish(_kit.Shared(first, count: 200));
            _kit.Work();
        }

        Assert.Contains(_wire.Sent, s => s.Bytes[0] == (byte)FrameKind.Envelope);
        Assert.InRange(_wire.Compressed, 1, _wire.Sent.Count);
    }
}
