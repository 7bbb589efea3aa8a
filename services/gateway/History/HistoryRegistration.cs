using SignalStream.Hosting;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.History;

internal static class HistoryRegistration
{
    /// <summary>What the logs have of a stream, for who asks over HTTP.</summary>
    public static WebApplicationBuilder AddHistory(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddCheckedOptions<HistoryOptions, HistoryOptionsValidator>("History");
        services.AddSingleton<HistoryMetrics>();
        services.AddSingleton<LogHistory>();
        services.AddSingleton<HistoryTurns>();
        services.AddSingleton<HistoryAnswer>();
        services.AddSingleton<TrendAnswer>();
        services.AddSingleton<HistoryService>();
        return builder;
    }
}
