using Microsoft.Extensions.Diagnostics.HealthChecks;
using SignalStream.Messaging.Catalog;

namespace SignalStream.Gateway.Relay;

/// <summary>Ready once the catalog is known: before that, every stream would be an unknown one.</summary>
internal sealed class CatalogHealthCheck(CatalogView catalog) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(catalog.IsLoaded ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The catalog has not been read yet."));
}
