using System.Diagnostics.Metrics;

namespace SignalStream.Gateway.WebSockets;

/// <summary>Takes over what Kestrel alone sees: connections that it cut before there was a request.</summary>
internal sealed class ConnectionMeters(SocketMetrics metrics, IMeterFactory meters) : IDisposable
{
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel";

    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["request_headers_timeout"] = "handshake_timeout",
        ["tls_handshake_failed"] = "tls",
    };

    private readonly MeterListener _listener = new();

    public void Start()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Of this server: tests run several in one process.
            if (instrument.Meter.Name == Kestrel && instrument.Meter.Scope == meters
                && instrument.Name is "kestrel.rejected_connections" or "kestrel.connection.duration")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => metrics.ConnectionsRefused("http_connections", count));
        _listener.SetMeasurementEventCallback<double>((_, _, tags, _) => OnEnded(tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    private void OnEnded(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (key, value) in tags)
        {
            if (key == "error.type" && value is string cause && Reasons.TryGetValue(cause, out var reason))
                metrics.ConnectionsRefused(reason, 1);
        }
    }
}
