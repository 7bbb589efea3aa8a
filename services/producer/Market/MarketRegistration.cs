using NATS.Client.Core;
using SignalStream.Hosting;
using SignalStream.Messaging.Logs;

namespace SignalStream.Producer.Market;

internal static class MarketRegistration
{
    public static WebApplicationBuilder AddMarket(this WebApplicationBuilder builder)
    {
        // Plain names, as other programs of the kind have them; the full key wins.
        Take(builder.Configuration, "SYMBOLS", "Market:Symbols");
        Take(builder.Configuration, "UPDATE_INTERVAL", "Market:UpdateIntervalSeconds");
        builder.Services.AddCheckedOptions<MarketOptions, MarketOptionsValidator>("Market");
        builder.Services.AddSingleton<MarketMetrics>();
        builder.Services.AddSingleton<MarketFeeds>();
        builder.Services.AddSingleton(services => new ReadingLog(
            services.GetRequiredService<INatsConnection>(), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddHostedService<MarketProduction>();
        return builder;
    }

    private static void Take(ConfigurationManager configuration, string plain, string key)
    {
        if (configuration[plain] is { Length: > 0 } value && configuration[key] is null)
            configuration[key] = value;
    }
}
