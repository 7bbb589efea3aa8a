using SignalStream.Messaging.Cluster;
using SignalStream.Messaging.Codec;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Messaging;

public class ClusterViewTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ClusterView _view;

    public ClusterViewTests() => _view = new ClusterView(_time);

    [Fact]
    public void Snapshot_SeveralServices_AreInOrder()
    {
        Hear("processor", "b");
        Hear("gateway", "c");
        Hear("processor", "a");
        Assert.Equal(["c", "a", "b"], _view.Snapshot().Select(r => r.Status.Instance));
    }

    [Fact]
    public void Snapshot_NotHeardOf_IsMissedThenForgotten()
    {
        Hear("processor", "a");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(_view.Snapshot().Single().IsMissed);
        _time.Advance(TimeSpan.FromSeconds(1));
        var missed = _view.Snapshot().Single();
        Assert.Equal((true, TimeSpan.FromSeconds(3)), (missed.IsMissed, missed.HeardAgo));
        _time.Advance(ClusterView.ForgottenAfter);
        Assert.Empty(_view.Snapshot());
    }

    [Fact]
    public void Hear_Leaving_IsGoneAtOnce()
    {
        Hear("processor", "a");
        Hear("processor", "a", leaving: true);
        Assert.Empty(_view.Snapshot());
    }

    [Fact]
    public void Snapshot_Rate_IsThatOfTheLastSeconds()
    {
        for (var half = 0; half <= 60; half++)
        {
            Hear("processor", "a", messages: half <= 40 ? 50 * half : 2000 + 500 * (half - 40));
            _time.Advance(TimeSpan.FromMilliseconds(500));
        }

        Assert.Equal(1000, _view.Snapshot().Single().MessagesPerSecond, 6);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(0, _view.Snapshot().Single().MessagesPerSecond);
    }

    [Fact]
    public void Hear_FirstAnnouncement_HasNoRateYet()
    {
        Hear("processor", "a", messages: 1_000_000);
        Assert.Equal(0, _view.Snapshot().Single().MessagesPerSecond);
    }

    [Fact]
    public void Hear_MoreReplicasThanKept_RefusesFurtherOnes()
    {
        for (var i = 0; i < ClusterView.MostReplicas; i++)
            Assert.True(Hear("processor", $"r{i}"));
        Assert.False(Hear("processor", "one-more"));
        Assert.True(Hear("processor", "r7"));
        Assert.False(_view.Hear([0xFF]));
    }

    private bool Hear(string service, string instance, bool leaving = false, long messages = 0) =>
        _view.Hear(ClusterCodec.Encode(new ReplicaStatus(service, instance) { Leaving = leaving, Messages = messages }));
}
