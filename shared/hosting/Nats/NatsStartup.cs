using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;
using SignalStream.Messaging.Logs;

namespace SignalStream.Hosting.Nats;

/// <summary>Connects, makes the logs, and does so again when the server comes back: it may have come back empty.</summary>
internal sealed class NatsStartup(
    INatsConnection connection,
    LogStore logs,
    NatsOptions options,
    NatsReadiness readiness,
    NatsMetrics metrics,
    TimeProvider time,
    ILogger<NatsStartup> log) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _opened = new(0);

    private CancellationToken _stopping;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        Subscribe();
        try
        {
            await ConnectAsync(stoppingToken);
            while (true)
            {
                await EnsureLogsAsync(stoppingToken);
                await _opened.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private void Subscribe()
    {
        connection.ConnectionOpened += (_, _) =>
        {
            metrics.Opened();
            log.Connected(connection.ServerInfo?.Version ?? "?", options.SafeUrl);
            _opened.Release();
            return default;
        };
        connection.ConnectionDisconnected += (_, args) =>
        {
            metrics.Disconnected();
            if (!_stopping.IsCancellationRequested)
                log.Disconnected(args?.Message ?? "");
            readiness.NotReady("The connection to NATS is lost.");
            return default;
        };
        connection.ServerError += (_, args) =>
        {
            log.ServerError(args?.Message ?? "");
            return default;
        };
        connection.MessageDropped += (_, args) =>
        {
            metrics.Dropped();
            return default;
        };
        connection.SlowConsumerDetected += (_, args) =>
        {
            log.SlowSubscription(args?.Subscription.Subject ?? "");
            return default;
        };
    }

    private async Task ConnectAsync(CancellationToken stoppingToken)
    {
        while (connection.ConnectionState != NatsConnectionState.Open)
        {
            try
            {
                await connection.ConnectAsync().AsTask().WaitAsync(stoppingToken);
            }
            catch (NatsException exception)
            {
                log.CannotConnect(options.SafeUrl, exception.Message);
                await Task.Delay(RetryAfter, time, stoppingToken);
            }
        }
    }

    private async Task EnsureLogsAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            // Every opening so far is answered by what follows.
            while (_opened.Wait(0, stoppingToken))
            {
            }

            try
            {
                foreach (var difference in await logs.EnsureAsync(stoppingToken))
                    log.SettingIgnored(difference);
                readiness.Ready();
                return;
            }
            catch (Exception exception) when (exception is NatsException or LogStoreException)
            {
                log.LogsNotReady(exception.Message);
                readiness.NotReady(exception.Message);
                await Task.Delay(RetryAfter, time, stoppingToken);
            }
        }
    }
}
