using Microsoft.Extensions.DependencyInjection;
using Prometheus;

namespace SignalStream.Hosting.Telemetry;

internal static class ServiceMetrics
{
    /// <summary>A registry of the service's own with the process's metrics in it, and the factory that fills it.</summary>
    public static IServiceCollection AddServiceMetrics(this IServiceCollection services)
    {
        services.AddSingleton(_ =>
        {
            var registry = Metrics.NewCustomRegistry();
            DotNetStats.Register(registry);
            return registry;
        });
        services.AddSingleton<IMetricFactory>(provider => Metrics.WithCustomRegistry(provider.GetRequiredService<CollectorRegistry>()));
        return services;
    }
}
