using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;
using Prometheus;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Hosting.Partitions;

/// <summary>Runs the membership for as long as the service runs; at the first word of stopping it says so to the others.</summary>
internal sealed class MembershipWorker(
    Membership membership,
    NatsReadiness nats,
    IMetricFactory metrics,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<MembershipWorker> log) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    private Task _leaving = Task.CompletedTask;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() => _leaving = membership.LeaveAsync());
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _leaving;
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
