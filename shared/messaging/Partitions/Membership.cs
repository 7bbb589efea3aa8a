using System.Collections.Immutable;
using NATS.Client.Core;
using SignalStream.Messaging.Cluster;
using SignalStream.Messaging.Codec;

namespace SignalStream.Messaging.Partitions;

/// <summary>The replicas of a service as one of them sees them, and the partitions that fall to it.</summary>
/// <remarks>
/// Each says twice a second on <c>cluster.SERVICE</c> that it is there; one not heard of for two seconds is gone, one that leaves
/// says so. Rendezvous hashing over the live ones shares the partitions out. A newcomer listens for a second before it
/// says a word, so that it knows its neighbours and can take at once what they release for it; and who does not hear itself is cut off, or was frozen, and
/// changes nothing: it gives the others their two seconds again when it hears itself once more. This only proposes: the
/// checkpoints decide.
/// </remarks>
public sealed class Membership(INatsConnection connection, string service, string instance, TimeProvider time)
{
    /// <summary>Between two announcements.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Not heard of for so long, a replica is gone.</summary>
    public static readonly TimeSpan MissedAfter = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Listen = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReleaseWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DeafAfter = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _heard = [];
    private readonly Dictionary<string, long> _left = [];
    private readonly string _subject = Subjects.Cluster(service);
    private ImmutableHashSet<int> _owned = [];
    private long _heardSelf;
    private volatile bool _isLeaving;

    /// <summary>Raised when other partitions than before fall to this replica.</summary>
    public event Action<ImmutableHashSet<int>>? OwnedChanged;

    /// <summary>Adds to what this replica announces, for people; nobody decides by it.</summary>
    public Func<ReplicaStatus, ReplicaStatus> Describe { get; set; } = status => status;

    /// <summary>Partitions that fall to this replica.</summary>
    public ImmutableHashSet<int> Owned => Volatile.Read(ref _owned);

    /// <summary>Whether a partition falls to this replica.</summary>
    public bool Owns(int partition) => Owned.Contains(partition);

    /// <summary>Live replicas, this one among them.</summary>
    public IReadOnlyCollection<string> Members
    {
        get
        {
            lock (_gate)
                return [.. _heard.Keys.Append(instance).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Live replicas, the one to which a partition falls first, then those that would have it next.</summary>
    public IReadOnlyList<string> OrderOf(int partition) => Rendezvous.Order(partition, Members);

    /// <summary>Whether a replica is there, or has said not long ago that it leaves: then it is about to release what it holds.</summary>
    public bool IsReleasing(string replica)
    {
        lock (_gate)
            return replica == instance || _heard.ContainsKey(replica) || (_left.TryGetValue(replica, out var at) && time.GetElapsedTime(at) < ReleaseWithin);
    }

    /// <summary>Announces, listens and shares out until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var announcements = await connection.SubscribeCoreAsync<byte[]>(_subject, cancellationToken: CancellationToken.None);
        _heardSelf = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] parts = [AnnounceAsync(stop.Token), ListenAsync(announcements, stop.Token), LookAsync(stop.Token)];
        try
        {
            await await Task.WhenAny(parts);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(parts.Select(p => p.ContinueWith(_ => { }, TaskScheduler.Default)));
        }
    }

    /// <summary>Says that this replica leaves, so that the others prepare to take over what it is about to release.</summary>
    public async Task LeaveAsync()
    {
        _isLeaving = true;
        using var patience = new CancellationTokenSource(Interval, time);
        try
        {
            await AnnounceOnceAsync(patience.Token);
            await connection.PingAsync(patience.Token);
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException or OperationCanceledException)
        {
            // Not heard: the others miss it after two seconds.
        }
    }

    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Listen, time, cancellationToken);
        using var timer = new PeriodicTimer(Interval, time);
        do
            await AnnounceOnceAsync(cancellationToken);
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private ValueTask AnnounceOnceAsync(CancellationToken cancellationToken)
    {
        var status = Describe(new ReplicaStatus(service, instance) { Leaving = _isLeaving, Partitions = [.. Owned.Order()] });
        return connection.PublishAsync(_subject, ClusterCodec.Encode(status), cancellationToken: cancellationToken);
    }

    private async Task ListenAsync(INatsSub<byte[]> announcements, CancellationToken cancellationToken)
    {
        await foreach (var message in announcements.Msgs.ReadAllAsync(cancellationToken))
        {
            if (ClusterCodec.TryDecode(message.Data, out var status))
                Hear(status!);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
            ShareOut();
    }

    private void Hear(ReplicaStatus replica)
    {
        var now = time.GetTimestamp();
        bool isNews;
        lock (_gate)
        {
            if (replica.Instance == instance)
            {
                if (time.GetElapsedTime(_heardSelf) > DeafAfter)
                    ForgiveSilence(now);
                _heardSelf = now;
                return;
            }

            if (replica.Leaving)
                _left[replica.Instance] = now;
            isNews = replica.Leaving ? _heard.Remove(replica.Instance) : _heard.TryAdd(replica.Instance, now);
            if (!replica.Leaving)
                _heard[replica.Instance] = now;
        }

        if (isNews)
            ShareOut();
    }

    /// <summary>It was this replica that heard nothing: the others get their two seconds again.</summary>
    private void ForgiveSilence(long now)
    {
        foreach (var other in _heard.Keys)
            _heard[other] = now;
    }

    private void ShareOut()
    {
        ImmutableHashSet<int> mine;
        lock (_gate)
        {
            if (_heardSelf == 0 || time.GetElapsedTime(_heardSelf) > DeafAfter)
                return;
            foreach (var (other, seen) in _heard)
            {
                if (time.GetElapsedTime(seen) > MissedAfter)
                    _heard.Remove(other);
            }

            foreach (var gone in _left.Where(l => time.GetElapsedTime(l.Value) > MissedAfter).ToList())
                _left.Remove(gone.Key);
            string[] members = [.. _heard.Keys, instance];
            mine = [.. Enumerable.Range(0, Partition.Count).Where(p => Rendezvous.OwnerOf(p, members) == instance)];
            if (mine.SetEquals(_owned))
                return;
            Volatile.Write(ref _owned, mine);
        }

        OwnedChanged?.Invoke(mine);
    }
}
