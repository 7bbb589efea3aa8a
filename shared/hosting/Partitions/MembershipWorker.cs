using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;
using Prometheus;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Hosting.Partitions;

/// <summary>Runs the membership for as long as the service runs, and says farewell last.</summary>
internal sealed class MembershipWorker(
    Membership membership, NatsReadiness nats, IMetricFactory metrics, TimeProvider time, ILogger<MembershipWorker> log) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await membership.LeaveAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var proposed = metrics.CreateGauge("signalstream_partitions_proposed", "Partitions that fall to this replica, of 64, as the members are seen here.");
        var moves = metrics.CreateCounter("signalstream_partition_moves_total", "Partitions that came to or went from this replica.");
        var before = membership.Owned;
        membership.OwnedChanged += now =>
        {
            moves.Inc(now.SymmetricExcept(before).Count);
            before = now;
            proposed.Set(now.Count);
            log.PartitionsOwned(now.Count, membership.Members.Count);
        };
        try
        {
            await nats.WaitAsync(stoppingToken);
            while (!stoppingToken.IsCancellationRequested)
                await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            await membership.RunAsync(stoppingToken);
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException)
        {
            log.MembershipInterrupted(exception.Message);
            await Task.Delay(RetryAfter, time, stoppingToken);
        }
    }
}
