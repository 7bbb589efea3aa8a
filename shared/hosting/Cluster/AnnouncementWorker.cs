using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NATS.Client.Core;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging.Cluster;

namespace SignalStream.Hosting.Cluster;

/// <summary>Announces a replica of a service that shares no partitions out; for the others their membership does.</summary>
internal sealed class AnnouncementWorker(
    INatsConnection connection, ServiceIdentity identity, ReplicaDescription description, NatsReadiness nats, TimeProvider time) : BackgroundService
{
    private readonly Announcer _announcer = new(
        connection, () => description.Describe(new ReplicaStatus(identity.Service, identity.Instance)), time);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _announcer.LeaveAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await nats.WaitAsync(stoppingToken);
            while (true)
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
            await _announcer.RunAsync(stoppingToken);
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException)
        {
            // Not connected, which the connection's own watcher tells.
            await Task.Delay(Announcer.Interval, time, stoppingToken);
        }
    }
}

/// <summary>Lets other services, the System page first of all, know of this replica.</summary>
public static class AnnouncementHosting
{
    /// <summary>For a service without partitions.</summary>
    /// <param name="builder">Of the service.</param>
    /// <param name="part">Made once at start; adds to a status what the service has to say, twice a second.</param>
    public static WebApplicationBuilder AddAnnouncements(
        this WebApplicationBuilder builder, Func<IServiceProvider, Func<ReplicaStatus, ReplicaStatus>> part)
    {
        builder.Services.AddHostedService(provider =>
        {
            var description = provider.GetRequiredService<ReplicaDescription>();
            description.Add(part(provider));
            return ActivatorUtilities.CreateInstance<AnnouncementWorker>(provider);
        });
        return builder;
    }
}
