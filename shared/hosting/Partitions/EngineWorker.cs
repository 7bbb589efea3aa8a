using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Hosting.Cluster;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging.Cluster;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Hosting.Partitions;

/// <summary>Runs a capability's engine, and tells the operator what it meets.</summary>
internal sealed class EngineWorker : BackgroundService
{
    private const int MostComplaints = 1000;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<StreamId, byte> _complained = new();
    private readonly CapabilityMetrics _metrics;
    private readonly NatsReadiness _nats;
    private readonly CancellationToken _stopping;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    public EngineWorker(
        Capability capability,
        INatsConnection connection,
        Membership membership,
        ServiceIdentity identity,
        NatsReadiness nats,
        PartitionMetrics metrics,
        ReplicaDescription replica,
        PartitionOptions options,
        IHostApplicationLifetime lifetime,
        TimeProvider time,
        ILogger<EngineWorker> log)
    {
        (_metrics, _nats, _stopping, _time, _log) = (metrics.Of(capability), nats, lifetime.ApplicationStopping, time, log);
        var reports = new EngineReports(_metrics.Stored, Reject, trouble => log.EngineTroubled(trouble))
        {
            Saved = _metrics.Saved,
            Gained = _metrics.Gained,
            Alarmed = alarm => log.EngineAlarmed(alarm),
        };
        Engine = new PartitionEngine(connection, capability, membership, identity.Instance, reports, time, (long)options.RecentMegabytes << 20);
        _metrics.Watch(Engine);
        replica.Add(Describe);
    }

    public PartitionEngine Engine { get; }

    public override void Dispose()
    {
        Engine.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // At the first word of stopping, not when it is this service's turn: somebody waits for what is released.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _stopping);
            await _nats.WaitAsync(stop.Token);
            while (!stop.IsCancellationRequested)
                await RunAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested || _stopping.IsCancellationRequested)
        {
            // Told to stop before it began.
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Engine.RunAsync(stoppingToken);
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException)
        {
            _log.EngineTroubled(exception.Message);
            await Task.Delay(RetryAfter, _time, stoppingToken);
        }
    }

    /// <summary>A partition is live when all capabilities of the service say so.</summary>
    private ReplicaStatus Describe(ReplicaStatus status) => status with
    {
        Live = [.. status.Live.Intersect(Engine.LivePartitions)],
        LagSeconds = Math.Max(status.LagSeconds, Engine.LagSeconds),
        Messages = status.Messages + Engine.Counters.Processed,
        Streams = status.Streams + Engine.Streams,
    };

    /// <summary>Counts every one, and tells the first of a stream.</summary>
    private void Reject(StreamId stream, Rejection rejection)
    {
        _metrics.Rejected(rejection);
        if (_complained.Count < MostComplaints && _complained.TryAdd(stream, 0))
            _log.InputRejected(stream.ToString(), rejection.Text);
    }
}

/// <summary>Not too far behind the logs.</summary>
internal sealed class LagHealthCheck(IEnumerable<IHostedService> services, PartitionOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (lag, name) = services.OfType<EngineWorker>().Select(w => (w.Engine.LagSeconds, w.Engine.Capability.Name)).DefaultIfEmpty().Max();
        return Task.FromResult(lag <= options.ReadyWithinSeconds
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"{name} is {lag:F1} s behind the log, Partitions:ReadyWithinSeconds is {options.ReadyWithinSeconds}."));
    }
}
