using Microsoft.Extensions.Logging;
using NATS.Client.Core;

namespace SignalStream.Hosting.Nats;

/// <summary>Makes connections like the service's own, for what should have one to itself.</summary>
public sealed class NatsConnections
{
    private readonly NatsOpts _opts;
    private readonly NatsMetrics _metrics;
    private readonly ILogger<NatsConnections> _log;

    internal NatsConnections(NatsOptions options, ServiceIdentity identity, NatsMetrics metrics, ILogger<NatsConnections> log) =>
        (_opts, _metrics, _log) = (options.ToOpts(identity), metrics, log);

    /// <summary>Another connection, made when it is first used; drops are counted and slow subscriptions logged with the others'.</summary>
    /// <param name="use">What for: the server shows it behind the service's name.</param>
    public INatsConnection Open(string use)
    {
        var connection = new NatsConnection(_opts with { Name = $"{_opts.Name} {use}" });
        connection.ServerError += (_, args) =>
        {
            _log.ServerError(args?.Message ?? "");
            return default;
        };
        connection.MessageDropped += (_, _) =>
        {
            _metrics.Dropped();
            return default;
        };
        connection.SlowConsumerDetected += (_, args) =>
        {
            _log.SlowSubscription(args?.Subscription.Subject ?? "");
            return default;
        };
        return connection;
    }
}
