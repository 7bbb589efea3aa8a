using SignalStream.Hosting.Nats;
using SignalStream.Messaging.Logs;

namespace SignalStream.Producer.Pacing;

/// <summary>Keeps the outbox going from when NATS is there until the streams have ended.</summary>
internal sealed class OutboxWorker(WaveOutbox outbox, OutboxMetrics metrics, NatsReadiness nats) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.Watch(outbox);
        try
        {
            await nats.WaitAsync(stoppingToken);
            await outbox.RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }
}
