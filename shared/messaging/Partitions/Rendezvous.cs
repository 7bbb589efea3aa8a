namespace SignalStream.Messaging.Partitions;

/// <summary>Shares partitions out among members so that few move when members come and go.</summary>
/// <remarks>
/// Highest random weight: Thaler DG, Ravishankar CV (1998), Using name-based mappings to increase hit rates, IEEE/ACM Trans.
/// Netw. 6(1):1-14, doi:10.1109/90.663936. Weight: FNV-1a-64 of the member's name, mixed with the partition by SplitMix64's
/// finalizer (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195).
/// </remarks>
public static class Rendezvous
{
    /// <summary>The member that a partition belongs to; null when there is none.</summary>
    public static string? OwnerOf(int partition, IEnumerable<string> members) => members
        .OrderByDescending(member => Weight(member, partition)).ThenBy(member => member, StringComparer.Ordinal).FirstOrDefault();

    /// <summary>All members, the one that a partition belongs to first, then those that it would fall to without the ones before.</summary>
    public static IReadOnlyList<string> Order(int partition, IEnumerable<string> members) =>
        [.. members.OrderByDescending(member => Weight(member, partition)).ThenBy(member => member, StringComparer.Ordinal)];

    private static ulong Weight(string member, int partition)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in member)
            hash = (hash ^ c) * 1099511628211UL;
        hash += ((ulong)partition + 1) * 0x9E3779B97F4A7C15UL;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return hash ^ (hash >> 31);
    }
}
