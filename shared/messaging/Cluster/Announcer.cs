using NATS.Client.Core;
using SignalStream.Messaging.Codec;

namespace SignalStream.Messaging.Cluster;

/// <summary>Says twice a second that a replica is there, for a service that shares no partitions out.</summary>
/// <param name="connection">Where it is said.</param>
/// <param name="status">What is said; asked anew each time.</param>
/// <param name="time">For the pace.</param>
public sealed class Announcer(INatsConnection connection, Func<ReplicaStatus> status, TimeProvider time)
{
    /// <summary>Between two announcements.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>Announces until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
            await PublishAsync(status(), cancellationToken);
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Says that the replica leaves, once and without waiting long.</summary>
    public async Task LeaveAsync()
    {
        using var patience = new CancellationTokenSource(Interval, time);
        try
        {
            await PublishAsync(status() with { Leaving = true }, patience.Token);
            await connection.PingAsync(patience.Token);
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException or OperationCanceledException)
        {
            // Not heard: it is missed after two seconds.
        }
    }

    private ValueTask PublishAsync(ReplicaStatus said, CancellationToken cancellationToken) =>
        connection.PublishAsync(Subjects.Cluster(said.Service), ClusterCodec.Encode(said), cancellationToken: cancellationToken);
}
