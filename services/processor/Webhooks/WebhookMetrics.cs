using System.Collections.Concurrent;
using Prometheus;

namespace SignalStream.Processor.Webhooks;

internal sealed class WebhookMetrics
{
    private readonly Counter _delivered;
    private readonly Counter _retried;
    private readonly Counter _failed;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _oldest = new();

    public WebhookMetrics(CollectorRegistry registry, IMetricFactory metrics, TimeProvider time)
    {
        _delivered = metrics.CreateCounter("signalstream_webhook_alerts_delivered_total", "Alerts' states that a receiver has taken.", ["receiver"]);
        _retried = metrics.CreateCounter("signalstream_webhook_retries_total", "Deliveries that failed and are tried again.", ["receiver", "reason"]);
        _failed = metrics.CreateCounter("signalstream_webhook_alerts_failed_total", "Alerts' states that a receiver refused for what they are: not sent again.", ["receiver"]);
        var age = metrics.CreateGauge("signalstream_webhook_oldest_seconds", "How long the oldest alert waits that is not delivered; 0 when none does.", ["receiver"]);
        registry.AddBeforeCollectCallback(() =>
        {
            foreach (var (receiver, since) in _oldest)
                age.WithLabels(receiver).Set(since == default ? 0 : Math.Max(0, (time.GetUtcNow() - since).TotalSeconds));
        });
    }

    public void Delivered(string receiver, int alerts) => _delivered.WithLabels(receiver).Inc(alerts);

    public void Retried(string receiver, string reason) => _retried.WithLabels(receiver, reason).Inc();

    public void Failed(string receiver, int alerts) => _failed.WithLabels(receiver).Inc(alerts);

    /// <summary>Since when the oldest waits; the default when none does.</summary>
    public void Waits(string receiver, DateTimeOffset since) => _oldest[receiver] = since;
}
