using SignalStream.Hosting.Partitions;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Predictor.Latency;

internal static class LatencyForecastRegistration
{
    /// <summary>A minute of probes a second.</summary>
    private const int RecordEvery = 60;

    /// <summary>From the readings of each network target, with a forecaster's state, to forecasts of its round-trip time.</summary>
    public static WebApplicationBuilder AddLatencyForecasts(this WebApplicationBuilder builder) => builder.AddCapability(_ => new Capability(
        "predictor", "latency", "net", SignalType.Reading, [SignalType.Forecast], stream => new LatencyForecastStream(stream, RecordEvery))
    {
        Settings = [],
    });
}
