using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.Contracts;
using SignalStream.Hosting;
using SignalStream.Hosting.Cluster;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Producer.Probes;

/// <summary>Probes the targets whose partitions fall to this producer; the others' are its siblings'.</summary>
internal sealed class ProbeProduction(
    INatsConnection connection,
    ServiceIdentity identity,
    TargetBook book,
    CatalogWriter catalog,
    ProbeOptions options,
    ProbeMetrics metrics,
    NatsReadiness nats,
    TimeProvider time,
    ILogger<ProbeProduction> log) : BackgroundService
{
    /// <summary>Announced beside the producer's own name, which other parts of it announce.</summary>
    private const string ClusterName = "probes";

    private const int NoSuchMessage = 10037;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(2);

    private readonly NatsJSContext _log = new(connection);
    private readonly Dictionary<StreamId, Running> _running = [];
    private readonly SemaphoreSlim _changed = new(0);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var replica = new ReplicaDescription(time);
        replica.Add(status => status with { Streams = _running.Count, Messages = metrics.Readings });
        var membership = new Membership(connection, ClusterName, identity.Instance, time) { Describe = replica.Describe };
        membership.OwnedChanged += _ => _changed.Release();
        book.Changed += () => _changed.Release();
        try
        {
            await nats.WaitAsync(stoppingToken);
            await Task.WhenAll(
                AgainAsync(membership.RunAsync, stoppingToken), AgainAsync(book.WatchAsync, stoppingToken), FollowAsync(membership, stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }

        await Task.WhenAll(_running.Values.Select(StopAsync));
        await membership.LeaveAsync();
    }

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    private async Task AgainAsync(Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await run(cancellationToken);
            }
            catch (Exception exception) when (exception is NatsException or TimeoutException)
            {
                log.TargetsNotFollowed(exception.Message);
            }

            await Task.Delay(RetryAfter, time, cancellationToken);
        }
    }

    /// <summary>Starts and stops targets until those run that should.</summary>
    private async Task FollowAsync(Membership membership, CancellationToken cancellationToken)
    {
        while (true)
        {
            await _changed.WaitAsync(RetryAfter, cancellationToken);
            var wanted = book.All.Where(t => membership.Owns(Partition.Of(t.Stream))).ToDictionary(t => t.Stream);
            foreach (var running in _running.Values.Where(r => r.Probing.IsCompleted || !wanted.TryGetValue(r.Target.Stream, out var now) || now != r.Target).ToArray())
            {
                _running.Remove(running.Target.Stream);
                // Not foreseen: it is told, and begins again.
                if (running.Probing.Exception is { InnerException: { } failure })
                    log.TargetFails(running.Target.Stream.ToString(), failure.ToString());
                await StopAsync(running);
                if (!book.All.Any(t => t.Stream == running.Target.Stream))
                    await TellAsync(running.Target.Entry with { Life = Life.Ended, LifeSinceNs = EventTime.Of(time.GetUtcNow()) }, cancellationToken);
            }

            foreach (var target in wanted.Values.Where(t => !_running.ContainsKey(t.Stream)))
                await StartAsync(target, cancellationToken);
            metrics.Targets(_running.Count);
        }
    }

    private async Task StartAsync(ProbeTarget target, CancellationToken cancellationToken)
    {
        try
        {
            var now = time.GetUtcNow();
            var epoch = Math.Max((uint)now.ToUnixTimeSeconds(), await LastEpochAsync(target.Stream, cancellationToken) + 1);
            await TellAsync(target.Entry with { Epoch = epoch, EpochStartNs = EventTime.Of(now) }, cancellationToken);
            var line = new ReadingLine(target.Stream, _log, metrics, time);
            var run = new TargetRun(target, epoch, line.Put, TimeSpan.FromSeconds(options.ResolveSeconds), metrics, time, log);
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _running[target.Stream] = new Running(target, stop, run.RunAsync(stop.Token), line, line.RunAsync(CancellationToken.None));
            log.TargetStarts(target.Stream.ToString(), target.Probe.ToString(), target.Definition.Address, target.Definition.IntervalMs);
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException)
        {
            log.TargetFails(target.Stream.ToString(), exception.Message);
        }
    }

    /// <summary>Ends the probing, and lets what was read reach the log if it can soon.</summary>
    private async Task StopAsync(Running running)
    {
        await running.Stop.CancelAsync();
        await running.Probing.ContinueWith(_ => { }, TaskScheduler.Default);
        running.Line.Complete();
        await Task.WhenAny(running.Publishing, Task.Delay(FlushPatience, time));
        running.Stop.Dispose();
        log.TargetEnds(running.Target.Stream.ToString());
    }

    private async Task TellAsync(CatalogEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            await catalog.PutAsync(entry, cancellationToken);
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException)
        {
            log.TargetFails(entry.Stream.ToString(), exception.Message);
        }
    }

    /// <summary>The epoch of the target's last reading in the log: a new one must be above it.</summary>
    private async Task<uint> LastEpochAsync(StreamId stream, CancellationToken cancellationToken)
    {
        try
        {
            var readings = await _log.GetStreamAsync(LogDefinitions.NameOf(SignalType.Reading), cancellationToken: cancellationToken);
            var last = await readings.GetAsync(new StreamMsgGetRequest { LastBySubj = Subjects.Of(SignalType.Reading, stream) }, cancellationToken);
            return ReadingCodec.TryDecode(last.Message.Data.Span, out var reading, out _) ? reading.Epoch : 0;
        }
        catch (NatsJSApiException exception) when (exception.Error.ErrCode == NoSuchMessage)
        {
            return 0;
        }
    }

    private sealed record Running(ProbeTarget Target, CancellationTokenSource Stop, Task Probing, ReadingLine Line, Task Publishing);
}
