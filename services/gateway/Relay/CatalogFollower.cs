using NATS.Client.Core;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging.Catalog;

namespace SignalStream.Gateway.Relay;

/// <summary>Keeps the view of the catalog up to date, and the topics with it.</summary>
internal sealed class CatalogFollower(
    CatalogView catalog, RelayHub hub, NatsReadiness readiness, RelayMetrics metrics, TimeProvider time, ILogger<CatalogFollower> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        catalog.Changed += entry => hub.Topic(entry.Stream).Entry = entry;
        catalog.Rejected += Refuse;
        try
        {
            await readiness.WaitAsync(stoppingToken);
            await Task.WhenAll(WatchAsync(stoppingToken), CheckLeasesAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private void Refuse(string key)
    {
        metrics.FrameRejected("catalog");
        log.CatalogEntryRefused(key);
    }

    private async Task WatchAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await catalog.WatchAsync(stoppingToken);
            }
            catch (NatsException exception)
            {
                log.CatalogInterrupted(exception.Message);
            }

            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    private async Task CheckLeasesAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            catalog.CheckLeases();
    }
}
