using SignalStream.Gateway.Relay;
using SignalStream.Messaging;

namespace SignalStream.UnitTests.Gateway;

public class HoldTests
{
    private readonly RelayKit _kit = new();
    private readonly FakeWire _wire = new();
    private readonly Viewer _viewer;

    public HoldTests()
    {
        _viewer = new Viewer(
            2, _wire, _kit.Worker, new KeepAlive(TimeSpan.FromHours(2), TimeSpan.FromHours(1), _kit.Time), hold: TimeSpan.FromMilliseconds(45));
        _viewer.Open();
        _kit.Topic.Attach(new ViewerStream(_viewer, _kit.Topic, TypeSet.All));
        _kit.Work();
    }

    [Fact]
    public void RunOnce_TwoWavesWithinTheHold_GoOutInOneSend()
    {
        Publish(0);
        After(40);
        Publish(10);
        Assert.Equal(0, _wire.Calls);
        After(5);
        Assert.Equal((1, 2), (_wire.Calls, _wire.Sent.Count));
        After(1000);
        Assert.Equal(1, _wire.Calls);
    }

    [Theory]
    [InlineData(7, 0)]
    [InlineData(8, 5)]
    public void Hold_ViewerOfSoManyStreams_GathersOrNot(int streams, int milliseconds)
    {
        var viewer = _kit.Viewer;
        viewer.NoteStreams(streams);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), viewer.Hold);
        _kit.Topic.Attach(_kit.NewStream());
        Publish(0);
        Publish(10);
        Assert.Equal(milliseconds == 0 ? 2 : 0, _kit.Socket.Calls);
        After(milliseconds);
        Assert.Equal((milliseconds == 0 ? 2 : 1, 2), (_kit.Socket.Calls, _kit.Socket.Sent.Count));
        viewer.NoteStreams(-1);
        Assert.Equal(TimeSpan.Zero, viewer.Hold);
    }

    [Fact]
    public void RunOnce_TextMeanwhile_GoesAtOnceWithWhatWaits()
    {
        Publish(0);
        _viewer.SendText("now"u8.ToArray());
        _kit.Work();
        Assert.Equal(2, _wire.Sent.Count);
    }

    [Fact]
    public void RunOnce_EventMeanwhile_GoesAtOnce()
    {
        Assert.True(_kit.Topic.TryPublish(SignalType.Finding, RelayKit.Rate(1)));
        _kit.Work();
        Assert.Single(_wire.Sent);
    }

    private void Publish(ulong first)
    {
        _kit.Publish(_kit.Shared(first));
        _kit.Work();
    }

    private void After(int milliseconds)
    {
        _kit.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _kit.Worker.RunOnce();
    }
}
