using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SignalStream.Hosting.Nats;

namespace SignalStream.Hosting.Health;

internal static class ServiceHealth
{
    public static IServiceCollection AddServiceHealth(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<NatsHealthCheck>("nats");
        // The check's own log repeats every poll what readiness already says.
        services.AddLogging(logging => logging.Services.Configure<Microsoft.Extensions.Logging.LoggerFilterOptions>(
            filter => filter.Rules.Add(new Microsoft.Extensions.Logging.LoggerFilterRule(
                null, "Microsoft.Extensions.Diagnostics.HealthChecks", Microsoft.Extensions.Logging.LogLevel.None, null))));
        return services;
    }

    /// <summary>Live: the process answers. Ready: every check passes.</summary>
    public static void MapServiceHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync });
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var checks = report.Entries.ToDictionary(
            e => e.Key, e => e.Value.Status == HealthStatus.Healthy ? "ok" : e.Value.Description ?? "failed");
        return context.Response.WriteAsJsonAsync(new { status = report.Status == HealthStatus.Healthy ? "ok" : "not ready", checks });
    }
}

/// <summary>NATS is reachable and the logs are there.</summary>
internal sealed class NatsHealthCheck(NatsReadiness readiness) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(readiness.Missing is { } missing ? HealthCheckResult.Unhealthy(missing) : HealthCheckResult.Healthy());
}
