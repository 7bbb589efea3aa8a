using SignalStream.Hosting;
using SignalStream.Hosting.Partitions;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;
using SignalStream.Messaging.Settings;

namespace SignalStream.Predictor.Market;

internal static class MarketRegistration
{
    /// <summary>From the bars of each symbol, with its models' states, to its outlooks and the models' records.</summary>
    public static WebApplicationBuilder AddMarket(this WebApplicationBuilder builder)
    {
        builder.Services.AddCheckedOptions<MarketOptions, MarketOptionsValidator>("MarketForecasts");
        builder.Services.AddSingleton<MarketMetrics>();
        return builder.AddCapability(services =>
        {
            var options = services.GetRequiredService<MarketOptions>();
            var metrics = services.GetRequiredService<MarketMetrics>();
            return new Capability(
                "predictor", MarketSettings.Setting, "market", SignalType.Reading, [SignalType.Forecast],
                stream => new MarketStream(stream, options, metrics));
        });
    }
}
