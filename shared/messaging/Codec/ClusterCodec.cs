using Google.Protobuf;
using SignalStream.Messaging.Cluster;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Codec;

/// <summary>Announcements to protobuf and back.</summary>
internal static class ClusterCodec
{
    public static byte[] Encode(ReplicaStatus status)
    {
        var message = new V1.Announcement
        {
            Service = status.Service,
            Instance = status.Instance,
            Leaving = status.Leaving,
            Version = status.Version,
            Host = status.Host,
            ProcessId = (uint)status.ProcessId,
            StartedNs = status.StartedNs,
            LagSeconds = (float)status.LagSeconds,
            Messages = (ulong)status.Messages,
            Streams = (uint)status.Streams,
            Viewers = (uint)status.Viewers,
        };
        message.Partitions.AddRange(status.Partitions.Select(p => (uint)p));
        message.Live.AddRange(status.Live.Select(p => (uint)p));
        return message.ToByteArray();
    }

    /// <summary>Reads an announcement; partitions that do not exist are left out, and numbers that cannot be become the nearest.</summary>
    public static bool TryDecode(byte[]? bytes, out ReplicaStatus? status)
    {
        status = null;
        if (!CatalogCodec.TryParse(V1.Announcement.Parser, bytes, out var message) || message!.Service.Length == 0 || message.Instance.Length == 0)
            return false;
        status = new ReplicaStatus(message.Service, message.Instance)
        {
            Leaving = message.Leaving,
            Partitions = Known(message.Partitions),
            Live = Known(message.Live),
            Version = message.Version,
            Host = message.Host,
            ProcessId = Number(message.ProcessId),
            StartedNs = message.StartedNs,
            LagSeconds = message.LagSeconds >= 0 && float.IsFinite(message.LagSeconds) ? message.LagSeconds : 0,
            Messages = (long)Math.Min(message.Messages, long.MaxValue),
            Streams = Number(message.Streams),
            Viewers = Number(message.Viewers),
        };
        return true;
    }

    private static int[] Known(IEnumerable<uint> partitions) =>
        [.. partitions.Where(p => p < Partition.Count).Distinct().Order().Select(p => (int)p)];

    private static int Number(uint value) => (int)Math.Min(value, int.MaxValue);
}
