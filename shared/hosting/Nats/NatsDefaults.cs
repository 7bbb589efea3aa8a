using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;
using SignalStream.Messaging;
using SignalStream.Messaging.Logs;

namespace SignalStream.Hosting.Nats;

internal static class NatsDefaults
{
    public static IServiceCollection AddNatsDefaults(this IServiceCollection services)
    {
        services.AddCheckedOptions<NatsOptions, NatsOptionsValidator>("Nats");
        services.AddCheckedOptions<LogOptions, LogOptionsValidator>("Logs");
        services.AddSingleton<INatsConnection>(provider => new NatsConnection(
            provider.GetRequiredService<NatsOptions>().ToOpts(provider.GetRequiredService<ServiceIdentity>())));
        services.AddSingleton<LogStore>();
        services.AddSingleton<SignalBus>();
        services.AddSingleton<EventLog>();
        services.AddSingleton<WaveLog>();
        services.AddSingleton<NatsMetrics>();
        services.AddSingleton(provider => new NatsConnections(
            provider.GetRequiredService<NatsOptions>(),
            provider.GetRequiredService<ServiceIdentity>(),
            provider.GetRequiredService<NatsMetrics>(),
            provider.GetRequiredService<ILogger<NatsConnections>>()));
        services.AddSingleton<NatsReadiness>();
        services.AddHostedService<NatsStartup>();
        services.AddHostedService<MicroService>();
        return services;
    }
}
