using NATS.Client.Core;
using SignalStream.Hosting;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Processor.Webhooks;

internal static class WebhookRegistration
{
    private const string Section = "Webhooks";

    /// <summary>From the log of alerts to the receivers that are configured; without any, nothing is read.</summary>
    public static WebApplicationBuilder AddWebhooks(this WebApplicationBuilder builder)
    {
        builder.Services.AddCheckedOptions<WebhookOptions, WebhookOptionsValidator>(Section);
        var receivers = builder.Configuration.GetSection($"{Section}:Receivers").GetChildren().Count();
        if (receivers == 0)
            return builder;
        builder.Services.AddSingleton<WebhookMetrics>();
        builder.Services.AddSingleton<EventLog>();
        builder.Services.AddSingleton<CatalogView>();
        builder.Services.AddHostedService<CatalogReading>();
        for (var i = 0; i < receivers; i++)
        {
            var index = i;
            builder.Services.AddSingleton<IHostedService>(services => NewDelivery(services, index));
        }

        return builder;
    }

    private static WebhookDelivery NewDelivery(IServiceProvider services, int index)
    {
        var options = services.GetRequiredService<WebhookOptions>();
        return new WebhookDelivery(
            options.Receivers[index],
            options.ExternalUrl,
            services.GetRequiredService<INatsConnection>(),
            services.GetRequiredService<EventLog>(),
            services.GetRequiredService<CatalogView>(),
            services.GetRequiredService<Membership>(),
            services.GetRequiredService<NatsReadiness>(),
            services.GetRequiredService<WebhookMetrics>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<WebhookDelivery>>());
    }
}
