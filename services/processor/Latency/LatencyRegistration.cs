using SignalStream.Hosting;
using SignalStream.Hosting.Partitions;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Processor.Latency;

internal static class LatencyRegistration
{
    /// <summary>From the readings of each network target to its statistics, anomalies, states and alerts.</summary>
    public static WebApplicationBuilder AddLatency(this WebApplicationBuilder builder)
    {
        builder.Services.AddCheckedOptions<LatencyOptions, LatencyOptionsValidator>("Latency");
        builder.Services.AddSingleton<LatencyMetrics>();
        return builder.AddCapability(services =>
        {
            var options = services.GetRequiredService<LatencyOptions>();
            var metrics = services.GetRequiredService<LatencyMetrics>();
            return new Capability(
                "processor", "latency", "net", SignalType.Reading, [SignalType.Finding, SignalType.Alert], stream => new LatencyStream(stream, options, metrics))
            {
                Settings = [],
            };
        });
    }
}
