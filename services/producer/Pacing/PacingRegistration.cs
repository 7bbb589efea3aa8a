using NATS.Client.Core;
using SignalStream.Hosting;
using SignalStream.Hosting.Cluster;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Logs;

namespace SignalStream.Producer.Pacing;

internal static class PacingRegistration
{
    public static WebApplicationBuilder AddPacing(this WebApplicationBuilder builder)
    {
        builder.Services.AddCheckedOptions<OutboxOptions, OutboxOptionsValidator>("Outbox");
        builder.Services.AddSingleton<OutboxMetrics>();
        builder.Services.AddSingleton(provider => new WaveOutbox(
            provider.GetRequiredService<INatsConnection>(),
            provider.GetRequiredService<OutboxOptions>().ToSettings(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<OutboxMetrics>()));
        builder.Services.AddSingleton<IFramePublisher>(provider => provider.GetRequiredService<WaveOutbox>());
        builder.Services.AddSingleton<PacerMetrics>();
        builder.Services.AddSingleton<Pacer>();
        builder.Services.AddSingleton(provider => new CatalogWriter(
            provider.GetRequiredService<INatsConnection>(),
            provider.GetRequiredService<ServiceIdentity>().Instance,
            provider.GetRequiredService<TimeProvider>()));
        // Services stop in the opposite order: the outbox goes on until the streams have ended.
        builder.Services.AddHostedService<OutboxWorker>();
        builder.Services.AddHostedService<WaveProduction>();
        return builder.AddAnnouncements(provider =>
        {
            var metrics = provider.GetRequiredService<PacerMetrics>();
            return replica => replica with { Streams = replica.Streams + metrics.StreamsNow, Messages = replica.Messages + metrics.FramesSent };
        });
    }
}
