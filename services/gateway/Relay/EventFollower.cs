using SignalStream.Hosting.Nats;
using SignalStream.Messaging;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.Relay;

/// <summary>Findings, forecasts and alerts from their logs to their streams' viewers.</summary>
/// <remarks>Not from the bus: while a partition changes hands it can carry an event twice, and only the log has each once.</remarks>
internal sealed class EventFollower(
    EventLog events, RelayHub hub, RelayOptions options, NatsReadiness readiness, RelayMetrics metrics, TimeProvider time, ILogger<EventFollower> log)
    : BackgroundService
{
    private static readonly SignalType[] Types = [SignalType.Finding, SignalType.Forecast, SignalType.Alert];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await readiness.WaitAsync(stoppingToken);
            await Task.WhenAll(Types.Select(type => FollowAsync(type, stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task FollowAsync(SignalType type, CancellationToken stoppingToken)
    {
        var back = TimeSpan.FromSeconds(options.EventsBackSeconds);
        if (type == SignalType.Alert)
            back = TimeSpan.FromHours(Math.Max(back.TotalHours, options.AlertsBackHours));
        var since = time.GetUtcNow() - back;
        var logName = LogDefinitions.NameOf(type);
        var complaints = new Complaints(time);
        var logged = events.ReadAsync(
            type, kind: null, since, Refuse, exception => log.LogInterrupted(logName, exception.Message), stoppingToken);
        await foreach (var next in logged)
        {
            metrics.FrameIn();
            if (!hub.TryPublish(type, next))
                metrics.FrameRejected("repeat");
        }

        void Refuse(string subject, string reason)
        {
            metrics.FrameRejected("event");
            if (complaints.IsDue())
                log.EventRefused(subject, reason);
        }
    }
}
