using Google.Protobuf;
using SignalStream.Contracts.V1;
using SignalStream.Messaging.Cluster;
using SignalStream.Messaging.Codec;

namespace SignalStream.UnitTests.Messaging;

public class ClusterCodecTests
{
    [Fact]
    public void TryDecode_AnEncodedStatus_IsTheSame()
    {
        var status = new ReplicaStatus("processor", "host-1")
        {
            Leaving = true,
            Partitions = [1, 5, 63],
            Live = [5],
            Version = "1.2.3",
            Host = "host",
            ProcessId = 77,
            StartedNs = 1_780_000_000_000_000_000,
            LagSeconds = 0.25,
            Messages = 1_000_000_000_000,
            Streams = 32,
            Viewers = 7,
        };
        Assert.True(ClusterCodec.TryDecode(ClusterCodec.Encode(status), out var read));
        Assert.Equal(status.Partitions, read!.Partitions);
        Assert.Equal(status.Live, read.Live);
        Assert.Equal(status with { Partitions = [], Live = [] }, read with { Partitions = [], Live = [] });
    }

    [Fact]
    public void TryDecode_OfAnOlderReplica_HasWhatItSaid()
    {
        var older = new Announcement { Service = "processor", Instance = "host-1" };
        older.Partitions.Add(3);
        Assert.True(ClusterCodec.TryDecode(older.ToByteArray(), out var read));
        Assert.Equal(("host-1", "", 0L), (read!.Instance, read.Version, read.Messages));
        Assert.Equal([3], read.Partitions);
    }

    [Fact]
    public void TryDecode_NumbersThatCannotBe_BecomeTheNearestThatCan()
    {
        var odd = new Announcement { Service = "processor", Instance = "host-1", LagSeconds = float.NaN, Messages = ulong.MaxValue, ProcessId = uint.MaxValue };
        odd.Partitions.AddRange([70, 2, 2, 1]);
        Assert.True(ClusterCodec.TryDecode(odd.ToByteArray(), out var read));
        Assert.Equal((0.0, long.MaxValue, int.MaxValue), (read!.LagSeconds, read.Messages, read.ProcessId));
        Assert.Equal([1, 2], read.Partitions);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0xFF, 0xFF })]
    public void TryDecode_NoAnnouncement_Fails(byte[]? bytes) => Assert.False(ClusterCodec.TryDecode(bytes, out _));
}
