using SignalStream.Hosting;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.Recorder;

internal static class RecorderRegistration
{
    /// <summary>Every reading into daily files, where a folder is named.</summary>
    public static WebApplicationBuilder AddRecorder(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddCheckedOptions<RecorderOptions, RecorderOptionsValidator>("Recorder");
        services.AddSingleton<RecorderMetrics>();
        services.AddSingleton<ReadingTail>();
        services.AddHostedService<Recorder>();
        return builder;
    }
}
