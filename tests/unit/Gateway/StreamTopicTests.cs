using SignalStream.Contracts;
using SignalStream.Gateway.Relay;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.UnitTests.Gateway;

public class StreamTopicTests
{
    private readonly RelayKit _kit = new();

    [Fact]
    public void Attach_EventsBefore_TellsTheLastOfEachKindInOrderOfTime()
    {
        Publish(RelayKit.Rate(100, bpm: 50));
        Publish(RelayKit.Beat(300));
        Publish(RelayKit.Rate(200, bpm: 70));
        _kit.Topic.Attach(_kit.NewStream());
        var events = SentEvents();
        Assert.Equal([("heart_rate", 200UL), ("beat", 300UL)], events.Select(e => (e.Kind, e.Place.Index)));
        Assert.Equal(70, Assert.IsType<HeartRateEvent>(events[0]).Bpm);
    }

    [Fact]
    public void Attach_OtherTypesOnly_TellsNone()
    {
        Publish(RelayKit.Rate(100));
        _kit.Topic.Attach(_kit.NewStream(TypeSet.Of([SignalType.Wave, SignalType.Alert])));
        Assert.Empty(SentEvents());
    }

    [Theory]
    [InlineData(2, 100, false)]
    [InlineData(2, 99, false)]
    [InlineData(1, 500, false)]
    [InlineData(2, 101, true)]
    [InlineData(3, 0, true)]
    public void TryPublish_AfterAnEventAtEpoch2Index100_TakesOnlyWhatIsAbove(uint epoch, ulong index, bool taken)
    {
        _kit.Topic.Attach(_kit.NewStream());
        Publish(RelayKit.Rate(100, epoch: 2));
        Assert.Equal(taken, _kit.Topic.TryPublish(SignalType.Finding, RelayKit.Rate(index, epoch)));
        Assert.Equal(taken ? 2 : 1, (SentEvents()).Count);
    }

    [Fact]
    public void TryPublish_OtherKindAtAnEarlierPlace_IsTaken()
    {
        Publish(RelayKit.Rate(100));
        Assert.True(_kit.Topic.TryPublish(SignalType.Finding, RelayKit.Beat(50)));
    }

    [Fact]
    public void TryPublish_ManyEvents_HoldsTheLastOfEachKindOnly()
    {
        for (ulong i = 0; i < 50; i++)
        {
            Publish(RelayKit.Rate(i));
            Publish(RelayKit.Beat(i));
        }

        Assert.Equal(2, _kit.Buffers.Out);
    }

    [Fact]
    public void Change_FindingsAdded_TellsTheLastOneOnce()
    {
        Publish(RelayKit.Rate(100));
        var stream = _kit.NewStream(TypeSet.Of([SignalType.Wave]));
        _kit.Topic.Attach(stream);
        _kit.Topic.Change(stream, TypeSet.All);
        _kit.Topic.Change(stream, TypeSet.All);
        Assert.Single(SentEvents());
    }

    [Fact]
    public void Detach_ThenEvents_SendsNone()
    {
        var stream = _kit.NewStream();
        _kit.Topic.Attach(stream);
        _kit.Topic.Detach(stream);
        Publish(RelayKit.Rate(100));
        Assert.Empty(SentEvents());
    }

    private void Publish(LoggedEvent logged) => Assert.True(_kit.Topic.TryPublish(SignalType.Finding, logged));

    private List<SignalEvent> SentEvents()
    {
        _kit.Work();
        return [.. _kit.Socket.Sent.Select(sent => Decode(sent.Bytes))];
    }

    private static SignalEvent Decode(byte[] frame)
    {
        Assert.True(EventCodec.TryDecode(frame.AsSpan(FrameHeader.Size), out var decoded, out var error), error);
        return decoded;
    }
}
