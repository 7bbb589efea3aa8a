using SignalStream.Gateway.Relay;
using SignalStream.Hosting.Cluster;
using SignalStream.Messaging.Cluster;

namespace SignalStream.Gateway.Cluster;

internal static class ClusterRegistration
{
    /// <summary>Hears of the replicas of all services, and tells of this one.</summary>
    public static WebApplicationBuilder AddCluster(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ClusterView>();
        builder.Services.AddHostedService<ClusterFollower>();
        return builder.AddAnnouncements(provider =>
        {
            var viewers = provider.GetRequiredService<ViewerRegistry>();
            var metrics = provider.GetRequiredService<RelayMetrics>();
            return replica => replica with
            {
                Viewers = viewers.Count,
                Streams = metrics.StreamsNow,
                Messages = metrics.DeliveredSoFar,
            };
        });
    }
}
