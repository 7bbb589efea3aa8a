using SignalStream.Contracts;
using SignalStream.Messaging.Partitions;

namespace SignalStream.UnitTests.Messaging;

public sealed class RecentMessagesTests
{
    private const long Second = 1_000_000_000;

    private readonly List<(Route Route, LogMessage Message)> _read = [];

    [Fact]
    public void TryRead_MessagesOfSeveralPartitions_GivesThatOfOneInOrder()
    {
        var recent = new RecentMessages(8 << 20);
        recent.Clear(10);
        for (var i = 11UL; i <= 5000; i++)
            recent.Add(RouteTo((int)(i % 3)), new LogMessage(i, (long)i, BitConverter.GetBytes(i)));

        Assert.True(recent.TryRead(1, 2000, _read));
        Assert.Equal(Enumerable.Range(2001, 3000).Where(i => i % 3 == 1).Select(i => (ulong)i), _read.Select(r => r.Message.Sequence));
        Assert.All(_read, r => Assert.Equal((r.Message.Sequence, (long)r.Message.Sequence), (BitConverter.ToUInt64(r.Message.Data.Span), r.Message.StoredNs)));
        Assert.Equal(2002, recent.StoredNsOf(2002));
        Assert.Null(recent.StoredNsOf(10));
        Assert.Null(recent.StoredNsOf(5001));
    }

    [Fact]
    public void TryRead_FromBeforeWhatItKeeps_SaysSo()
    {
        var recent = new RecentMessages(8 << 20);
        recent.Clear(10);
        recent.Add(RouteTo(1), new LogMessage(11, 0, new byte[5]));
        Assert.False(recent.TryRead(1, 9, _read));
        Assert.True(recent.TryRead(1, 10, _read));
        Assert.Single(_read);
        recent.Clear(20);
        Assert.False(recent.TryRead(1, 10, _read));
        Assert.True(recent.TryRead(1, 20, _read));
        Assert.Single(_read);
    }

    [Fact]
    public void Add_MoreThanItMayKeep_StaysWithinAndKeepsTheNewest()
    {
        const long most = 1 << 20;
        var recent = new RecentMessages(most);
        for (var i = 1UL; i <= 100_000; i++)
        {
            recent.Add(RouteTo(1), new LogMessage(i, 0, new byte[100]));
            Assert.InRange(recent.Bytes, 1, most);
        }

        Assert.InRange(recent.From, 90_000UL, 99_000UL);
        Assert.True(recent.TryRead(1, recent.From, _read));
        Assert.Equal(100_000 - (int)recent.From, _read.Count);
        Assert.Equal(recent.From + 1, _read[0].Message.Sequence);
    }

    [Fact]
    public void Add_OldMessages_AreNotKeptForLongerThanNeeded()
    {
        var recent = new RecentMessages(64 << 20);
        for (var i = 1UL; i <= 40_000; i++)
            recent.Add(RouteTo(1), new LogMessage(i, (long)i * Second / 1000, new byte[10]));
        Assert.InRange(recent.From, 30_000UL, 32_000UL);
    }

    [Fact]
    public void Add_MessageThatIsTooLong_BeginsAnewBehindIt()
    {
        var recent = new RecentMessages(1 << 20);
        recent.Add(RouteTo(1), new LogMessage(1, 0, new byte[10]));
        recent.Add(RouteTo(1), new LogMessage(2, 0, new byte[2 << 20]));
        Assert.Equal(2UL, recent.From);
        recent.Add(RouteTo(1), new LogMessage(3, 0, new byte[200_000]));
        Assert.True(recent.TryRead(1, 2, _read));
        Assert.Equal(200_000, Assert.Single(_read).Message.Data.Length);
    }

    [Fact]
    public void Add_NothingMayBeKept_NothingIs()
    {
        var recent = new RecentMessages(0);
        recent.Add(RouteTo(1), new LogMessage(7, 0, new byte[10]));
        Assert.False(recent.TryRead(1, 6, _read));
        Assert.Equal((7UL, 0L), (recent.From, recent.Bytes));
    }

    private static Route RouteTo(int partition) => new(partition, new StreamId("ecg", "a"), false);
}
