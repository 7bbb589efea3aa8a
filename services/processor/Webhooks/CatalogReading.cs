using NATS.Client.Core;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging.Catalog;

namespace SignalStream.Processor.Webhooks;

/// <summary>Follows the catalog, so that what is sent can say where a stream is and whether it is simulated.</summary>
internal sealed class CatalogReading(CatalogView catalog, NatsReadiness nats, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await nats.WaitAsync(stoppingToken);
            while (true)
            {
                try
                {
                    await catalog.WatchAsync(stoppingToken);
                }
                catch (NatsException)
                {
                    // The connection says so itself; the catalog is followed again when it is back.
                }

                await Task.Delay(RetryAfter, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }
}
