using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;

namespace SignalStream.UnitTests.Messaging;

public sealed class RendezvousTests
{
    private static readonly string[] Three = ["host-a1", "host-b2", "host-c3"];

    [Fact]
    public void OwnerOf_NoMembers_IsNobody() => Assert.Null(Rendezvous.OwnerOf(0, []));

    [Fact]
    public void OwnerOf_MembersInAnyOrder_IsTheSame()
    {
        for (var p = 0; p < Partition.Count; p++)
            Assert.Equal(Rendezvous.OwnerOf(p, Three), Rendezvous.OwnerOf(p, Three.Reverse()));
    }

    [Fact]
    public void OwnerOf_ThreeMembers_GivesEachAShare()
    {
        var shares = Enumerable.Range(0, Partition.Count).CountBy(p => Rendezvous.OwnerOf(p, Three)!).ToDictionary();
        Assert.All(Three, member => Assert.InRange(shares[member], 10, 35));
    }

    [Fact]
    public void OwnerOf_AMemberGone_MovesItsPartitionsAlone()
    {
        for (var p = 0; p < Partition.Count; p++)
        {
            var before = Rendezvous.OwnerOf(p, Three);
            var after = Rendezvous.OwnerOf(p, Three.Except(["host-b2"]));
            Assert.True(before == "host-b2" ? after != before : after == before);
        }
    }
}
