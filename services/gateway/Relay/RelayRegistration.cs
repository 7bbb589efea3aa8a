using SignalStream.Gateway.Relay.Resume;
using SignalStream.Hosting;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.Relay;

internal static class RelayRegistration
{
    /// <summary>Frames from the bus and events from the logs to the viewers' queues.</summary>
    public static WebApplicationBuilder AddRelay(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddCheckedOptions<RelayOptions, RelayOptionsValidator>("Relay");
        services.AddSingleton<RelayMetrics>();
        services.AddSingleton<FramePool>();
        services.AddSingleton<RelayWorkers>();
        services.AddSingleton<CatalogView>();
        services.AddSingleton<WaveFeeds>();
        services.AddSingleton<LogReplay>();
        services.AddSingleton<ReplayReader>();
        services.AddSingleton<HoleFiller>();
        services.AddSingleton<RelayHub>();
        services.AddSingleton<ViewerRegistry>();
        services.AddHealthChecks().AddCheck<CatalogHealthCheck>("catalog");
        services.AddHostedService<Housekeeping>();
        services.AddHostedService<CatalogFollower>();
        services.AddHostedService<EventFollower>();
        services.AddHostedService<ReadingFollower>();
        return builder;
    }
}
