using Prometheus;

namespace SignalStream.Hosting.Nats;

/// <summary>The connection to NATS in numbers.</summary>
internal sealed class NatsMetrics(IMetricFactory metrics)
{
    private readonly Gauge _connected = metrics.CreateGauge("signalstream_nats_connected", "1 while connected to nats-server.");
    private readonly Counter _opened = metrics.CreateCounter("signalstream_nats_connections_total", "Connections made to nats-server, the first included.");
    private readonly Counter _dropped = metrics.CreateCounter(
        "signalstream_nats_messages_dropped_total", "Messages dropped on arrival because a subscription's queue was full.");

    public void Opened()
    {
        _connected.Set(1);
        _opened.Inc();
    }

    public void Disconnected() => _connected.Set(0);

    public void Dropped() => _dropped.Inc();
}
