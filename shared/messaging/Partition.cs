using SignalStream.Contracts;

namespace SignalStream.Messaging;

/// <summary>Shares the streams out: each belongs to one of 64 partitions, whoever asks.</summary>
/// <remarks>
/// FNV-1a, 32 bit (Fowler, Noll, Vo; draft-eastlake-fnv), over the bytes of the kind and then the id: what nats-server's
/// mapping <c>{{partition(64,1,2)}}</c> computes, so that its subjects and ours agree.
/// </remarks>
public static class Partition
{
    /// <summary>How many there are.</summary>
    public const int Count = 64;

    private const uint OffsetBasis = 2166136261;
    private const uint Prime = 16777619;

    /// <summary>The partition of a stream, 0 to 63.</summary>
    public static int Of(StreamId stream) => (int)(Hash(Hash(OffsetBasis, stream.Kind), stream.Id) % Count);

    /// <summary>Which part of its partition's checkpoint a stream is in: the bits of the hash above the partition's.</summary>
    /// <param name="stream">Which.</param>
    /// <param name="parts">How many there are, a power of two.</param>
    internal static int PartOf(StreamId stream, int parts) => (int)(Hash(Hash(OffsetBasis, stream.Kind), stream.Id) / Count) & (parts - 1);

    private static uint Hash(uint hash, string asciiToken)
    {
        foreach (var c in asciiToken)
            hash = (hash ^ c) * Prime;
        return hash;
    }
}
