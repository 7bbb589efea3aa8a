using SignalStream.Hosting;
using SignalStream.Hosting.Partitions;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Predictor.Forecasts;

internal static class ForecastRegistration
{
    /// <summary>From the findings of each ECG stream, with a forecaster's state, to its forecasts.</summary>
    public static WebApplicationBuilder AddForecasts(this WebApplicationBuilder builder)
    {
        builder.Services.AddCheckedOptions<ForecastOptions, ForecastOptionsValidator>("Forecasts");
        builder.Services.AddSingleton<ForecastMetrics>();
        return builder.AddCapability(services =>
        {
            var options = services.GetRequiredService<ForecastOptions>();
            var metrics = services.GetRequiredService<ForecastMetrics>();
            return new Capability(
                "predictor", "rr", "ecg", SignalType.Finding, [SignalType.Forecast], _ => new RrStream(options.WindowBeats, metrics));
        });
    }
}
