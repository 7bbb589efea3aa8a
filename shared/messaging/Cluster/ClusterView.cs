using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Messaging.Cluster;

/// <summary>A replica as it was last heard of.</summary>
/// <param name="Status">What it said.</param>
/// <param name="HeardAgo">How long ago.</param>
/// <param name="IsMissed">Too long ago: it died, or cannot be heard.</param>
/// <param name="MessagesPerSecond">Mean over the last five seconds.</param>
public sealed record ReplicaView(ReplicaStatus Status, TimeSpan HeardAgo, bool IsMissed, double MessagesPerSecond);

/// <summary>All replicas of all services, from their announcements; for people, and for nobody to decide by.</summary>
/// <param name="time">When they were heard.</param>
public sealed class ClusterView(TimeProvider time)
{
    /// <summary>A replica that is missed is shown so long, so that somebody sees it.</summary>
    public static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(1);

    /// <summary>Replicas that are kept: whoever may publish must not be able to fill the memory.</summary>
    public const int MostReplicas = 1000;

    private static readonly TimeSpan RateOver = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Service, string Instance), Heard> _replicas = [];

    private sealed class Heard
    {
        public required ReplicaStatus Status { get; set; }

        public Queue<(long At, long Messages)> Counts { get; } = new();

        public long At { get; set; }
    }

    /// <summary>Takes an announcement in; false when it is none, or there are too many replicas.</summary>
    public bool Hear(byte[]? announcement)
    {
        if (!ClusterCodec.TryDecode(announcement, out var status))
            return false;
        lock (_gate)
        {
            Forget();
            var key = (status!.Service, status.Instance);
            if (status.Leaving)
            {
                _replicas.Remove(key);
                return true;
            }

            if (!_replicas.TryGetValue(key, out var heard))
            {
                if (_replicas.Count >= MostReplicas)
                    return false;
                _replicas[key] = heard = new Heard { Status = status };
            }

            Note(heard, status);
            return true;
        }
    }

    /// <summary>All that are known, by service and instance.</summary>
    public IReadOnlyList<ReplicaView> Snapshot()
    {
        lock (_gate)
        {
            Forget();
            return [.. _replicas.Values.Select(Describe)
                .OrderBy(r => r.Status.Service, StringComparer.Ordinal).ThenBy(r => r.Status.Instance, StringComparer.Ordinal)];
        }
    }

    private void Note(Heard heard, ReplicaStatus status)
    {
        heard.Status = status;
        heard.At = time.GetTimestamp();
        heard.Counts.Enqueue((heard.At, status.Messages));
        while (time.GetElapsedTime(heard.Counts.Peek().At, heard.At) > RateOver)
            heard.Counts.Dequeue();
    }

    private ReplicaView Describe(Heard heard)
    {
        var ago = time.GetElapsedTime(heard.At);
        var isMissed = ago > Membership.MissedAfter;
        var (since, before) = heard.Counts.Peek();
        var seconds = time.GetElapsedTime(since, heard.At).TotalSeconds;
        var rate = isMissed || seconds == 0 ? 0 : Math.Max(0, heard.Status.Messages - before) / seconds;
        return new ReplicaView(heard.Status, ago, isMissed, rate);
    }

    private void Forget()
    {
        foreach (var (key, heard) in _replicas)
        {
            if (time.GetElapsedTime(heard.At) > ForgottenAfter)
                _replicas.Remove(key);
        }
    }
}
