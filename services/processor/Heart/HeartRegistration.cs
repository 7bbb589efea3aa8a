using SignalStream.Hosting;
using SignalStream.Hosting.Partitions;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Processor.Heart;

internal static class HeartRegistration
{
    /// <summary>From the waves of each ECG stream, with a detector's state, to its findings.</summary>
    public static WebApplicationBuilder AddHeart(this WebApplicationBuilder builder)
    {
        builder.Services.AddCheckedOptions<HeartOptions, HeartOptionsValidator>("Heart");
        builder.Services.AddSingleton<HeartMetrics>();
        return builder.AddCapability(services =>
        {
            var options = services.GetRequiredService<HeartOptions>();
            var metrics = services.GetRequiredService<HeartMetrics>();
            return new Capability(
                "processor", "heart", "ecg", SignalType.Wave, [SignalType.Finding, SignalType.Alert], stream => new HeartStream(stream, options, metrics));
        });
    }
}
