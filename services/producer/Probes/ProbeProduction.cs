using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.Contracts;
using SignalStream.Hosting;
using SignalStream.Hosting.Cluster;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Producer.Probes;

/// <summary>Probes the targets whose partitions fall to this producer; the others' are its siblings'.</summary>
internal sealed class ProbeProduction(
    INatsConnection connection,
    ServiceIdentity identity,
    TargetBook book,
    CatalogWriter catalog,
    ReadingLog readings,
    ProbeOptions options,
    LookupQueue lookups,
    ProbeMetrics metrics,
    NatsReadiness nats,
    TimeProvider time,
    ILogger<ProbeProduction> log) : BackgroundService
{
    /// <summary>Announced beside the producer's own name, which other parts of it announce.</summary>
    private const string ClusterName = "probes";

    private const int StartAtOnce = 64;
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
            // Thousands of changes are one look.
            while (_changed.Wait(0, CancellationToken.None))
                continue;
            var all = book.All.ToDictionary(t => t.Stream);
            await Task.WhenAll(EndedOrChanged(all, membership).Select(r => EndAsync(r, all.ContainsKey(r.Target.Stream), cancellationToken)));
            foreach (var targets in all.Values.Where(t => membership.Owns(Partition.Of(t.Stream)) && !_running.ContainsKey(t.Stream)).Chunk(StartAtOnce))
            {
                foreach (var running in await Task.WhenAll(targets.Select(t => StartAsync(t, cancellationToken))))
                {
                    if (running is not null)
                        _running[running.Target.Stream] = running;
                }
            }

            metrics.Targets(_running.Count);
        }
    }

    /// <summary>Takes out of those that run what must not go on as it is.</summary>
    private Running[] EndedOrChanged(Dictionary<StreamId, ProbeTarget> all, Membership membership)
    {
        var ending = _running.Values.Where(r =>
            r.HasEnded || !membership.Owns(Partition.Of(r.Target.Stream)) || !all.TryGetValue(r.Target.Stream, out var now) || now != r.Target).ToArray();
        foreach (var running in ending)
            _running.Remove(running.Target.Stream);
        return ending;
    }

    private async Task EndAsync(Running running, bool isKnown, CancellationToken cancellationToken)
    {
        // Not foreseen: it is told, and begins again.
        if (running.Failure is { } failure)
            log.TargetFails(running.Target.Stream.ToString(), failure.ToString());
        await StopAsync(running);
        if (!isKnown)
            await TellAsync(running.Target.Entry with { Life = Life.Ended, LifeSinceNs = EventTime.Of(time.GetUtcNow()) }, cancellationToken);
    }

    private async Task<Running?> StartAsync(ProbeTarget target, CancellationToken cancellationToken)
    {
        try
        {
            var now = time.GetUtcNow();
            var tail = await ReadingTail.FindAsync(readings, target.Stream, cancellationToken);
            var epoch = Math.Max((uint)now.ToUnixTimeSeconds(), tail.Epoch + 1);
            await TellAsync(target.Entry with { Epoch = epoch, EpochStartNs = EventTime.Of(now) }, cancellationToken);
            var line = new ReadingLine(target.Stream, tail.Sequence, _log, readings, metrics, time);
            var run = new TargetRun(target, epoch, line.Put, TimeSpan.FromSeconds(options.ResolveSeconds), lookups, metrics, time, log);
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            log.TargetStarts(target.Stream.ToString(), target.Probe.ToString(), target.Definition.Address, target.Definition.IntervalMs);
            return new Running(target, stop, run.RunAsync(stop.Token), line, line.RunAsync(CancellationToken.None));
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException)
        {
            log.TargetFails(target.Stream.ToString(), exception.Message);
            return null;
        }
    }

    /// <summary>Ends the probing, and lets what was read reach the log if it can soon.</summary>
    private async Task StopAsync(Running running)
    {
        await running.Stop.CancelAsync();
        await running.Probing.ContinueWith(_ => { }, TaskScheduler.Default);
        running.Line.Complete();
        using var patience = new CancellationTokenSource();
        await Task.WhenAny(running.Publishing, Task.Delay(FlushPatience, time, patience.Token));
        await patience.CancelAsync();
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

    private sealed record Running(ProbeTarget Target, CancellationTokenSource Stop, Task Probing, ReadingLine Line, Task Publishing)
    {
        /// <summary>By a failure, or overtaken by another producer: it begins again, if it is still this one's.</summary>
        public bool HasEnded => Probing.IsCompleted || Publishing.IsCompleted;

        public Exception? Failure => (Probing.Exception ?? Publishing.Exception)?.InnerException;
    }
}
