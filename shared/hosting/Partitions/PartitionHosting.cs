using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;
using SignalStream.Hosting.Cluster;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Hosting.Partitions;

/// <summary>Shares a service's streams out among its replicas, each output exactly once.</summary>
public static class PartitionHosting
{
    /// <summary>Registers the service's <see cref="Membership"/> and keeps it going.</summary>
    public static WebApplicationBuilder AddPartitions(this WebApplicationBuilder builder, string service)
    {
        builder.Services.AddCheckedOptions<PartitionOptions, PartitionOptionsValidator>("Partitions");
        builder.Services.AddSingleton(provider => new Membership(
            provider.GetRequiredService<INatsConnection>(),
            service,
            provider.GetRequiredService<ServiceIdentity>().Instance,
            provider.GetRequiredService<TimeProvider>())
        {
            Describe = provider.GetRequiredService<ReplicaDescription>().Describe,
        });
        builder.Services.AddSingleton<PartitionMetrics>();
        builder.Services.AddHealthChecks().AddCheck<LagHealthCheck>("lag");
        builder.Services.AddHostedService<MembershipWorker>();
        return builder;
    }

    /// <summary>Works on the partitions that fall to this replica; at shutdown they are stored and released first.</summary>
    /// <remarks>To be called after <see cref="AddPartitions"/>: services stop in the opposite order.</remarks>
    public static WebApplicationBuilder AddCapability(this WebApplicationBuilder builder, Func<IServiceProvider, Capability> capability)
    {
        // By its own factory, since a service may have several; all hosted services are looked at for the lag.
        builder.Services.AddSingleton<IHostedService>(provider => new EngineWorker(
            capability(provider),
            provider.GetRequiredService<INatsConnection>(),
            provider.GetRequiredService<Membership>(),
            provider.GetRequiredService<ServiceIdentity>(),
            provider.GetRequiredService<NatsReadiness>(),
            provider.GetRequiredService<PartitionMetrics>(),
            provider.GetRequiredService<ReplicaDescription>(),
            provider.GetRequiredService<PartitionOptions>(),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<EngineWorker>>()));
        return builder;
    }
}
