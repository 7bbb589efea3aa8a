using NATS.Client.Core;
using SignalStream.Gateway.Relay;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging;
using SignalStream.Messaging.Cluster;

namespace SignalStream.Gateway.Cluster;

/// <summary>Listens to what the replicas of all services announce.</summary>
internal sealed class ClusterFollower(
    ClusterView cluster, INatsConnection connection, NatsReadiness readiness, RelayMetrics metrics, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await readiness.WaitAsync(stoppingToken);
            while (true)
                await FollowAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var message in connection.SubscribeAsync<byte[]>(Subjects.AllClusters, cancellationToken: stoppingToken))
            {
                if (!cluster.Hear(message.Data))
                    metrics.FrameRejected("announcement");
            }
        }
        catch (NatsException)
        {
            // Not connected, which the connection's own watcher tells.
        }

        await Task.Delay(RetryAfter, time, stoppingToken);
    }
}
