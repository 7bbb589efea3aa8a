using System.Text;
using NATS.Client.Core;
using NATS.Client.Core.Protocol;

namespace SignalStream.UnitTests.Nats;

public sealed class SubscriptionTableTests
{
    [Fact]
    public void Find_AddedSubscription_IsFoundByItsNumberOnly()
    {
        var table = new SubscriptionTable();
        var subscriptions = Enumerable.Range(0, 100).Select(_ => new Silent()).ToArray();
        Array.ForEach(subscriptions, table.Add);
        Assert.All(subscriptions, s => Assert.Same(s, table.Find(s.Sid)));
        Assert.Equal(100, subscriptions.Select(s => s.Sid).Distinct().Count());
        Assert.All([0, 101, 1 << 20, int.MaxValue], sid => Assert.Null(table.Find(sid)));
    }

    [Fact]
    public void Find_NumberOfARemovedSubscription_NeverMeetsALaterOne()
    {
        var table = new SubscriptionTable();
        var old = new HashSet<int>();
        for (var i = 0; i < 10_000; i++)
        {
            var subscription = new Silent();
            table.Add(subscription);
            Assert.True(old.Add(subscription.Sid), $"Number {subscription.Sid} came again after {i} subscriptions.");
            Assert.True(table.Remove(subscription));
            Assert.False(table.Remove(subscription));
        }

        Assert.Empty(table.All());
        Assert.All(old, sid => Assert.Null(table.Find(sid)));
    }

    /// <summary>A client that subscribes for each fetch gets through that many in a day; a longer number would be a protocol error.</summary>
    [Fact]
    public void Add_HundredThousandOneAfterTheOther_NumbersAreReadBackByTheParser()
    {
        var table = new SubscriptionTable();
        for (var i = 0; i < 100_000; i++)
        {
            var subscription = new Silent();
            table.Add(subscription);
            ServerParser.Parse(Encoding.ASCII.GetBytes($"MSG a {subscription.Sid} 0\r\n\r\n"), 1024, out var command);
            Assert.Same(subscription, table.Find(command.Sid));
            table.Remove(subscription);
        }
    }

    private sealed class Silent() : NatsSubBase("a", null)
    {
        internal override void Receive(in RawMessage message)
        {
        }

        private protected override void OnEnd(Exception? error)
        {
        }
    }
}
