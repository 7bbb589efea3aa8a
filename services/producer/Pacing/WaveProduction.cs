using System.Collections.Concurrent;
using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Formats.Wfdb;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Logs;

namespace SignalStream.Producer.Pacing;

/// <summary>A configured source belongs to this producer: registers them, sends them, and says in the end that they have ended.</summary>
internal sealed class WaveProduction(
    IEnumerable<IWaveSourceProvider> providers,
    Pacer pacer,
    PacerMetrics metrics,
    CatalogWriter catalog,
    WaveLog waves,
    WaveOutbox outbox,
    NatsReadiness nats,
    TimeProvider time,
    ILogger<WaveProduction> log) : BackgroundService
{
    private const int PutsAtATime = 64;
    private const long NsPerSecond = 1_000_000_000;

    /// <summary>Of the 10 s that a service has to leave; the rest is for the catalog.</summary>
    private static readonly TimeSpan FlushPatience = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<StreamId, PacedStream> _live = new();
    private readonly ConcurrentQueue<CatalogEntry> _ended = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await nats.WaitAsync(stoppingToken);
            var sources = Open();
            var last = await LastEpochsAsync(sources, stoppingToken);
            // One moment by both clocks: samples are due when their event time says.
            var (started, now) = (time.GetTimestamp(), time.GetUtcNow());
            var streams = Start(sources, last, now);
            var pacing = pacer.RunAsync(streams, started, MarkAndEndAsync, stoppingToken);
            var keeping = KeepCatalogAsync(stoppingToken);
            // Whichever fails ends the service; a pacer that has nothing left to send does not.
            await await Task.WhenAny(pacing, keeping);
            await keeping;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop: StopAsync says farewell.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var stream in _live.Values)
            await MarkEndAsync(stream);
        await FlushAsync(cancellationToken);
        foreach (var stream in _live.Values)
            End(stream);
        try
        {
            await PutEndedAsync(cancellationToken);
            await catalog.EndLeaseAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is NatsException or OperationCanceledException)
        {
            log.CatalogNotReached(exception.Message);
        }
    }

    /// <summary>Who reads that a stream has ended finds all of it in the log.</summary>
    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(FlushPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        if (!await outbox.FlushAsync(either.Token))
            log.FramesLeftBehind(outbox.Unacknowledged, FlushPatience.TotalSeconds);
    }

    private List<IWaveSource> Open()
    {
        var sources = new List<IWaveSource>();
        foreach (var source in providers.SelectMany(p => p.Configured()))
        {
            try
            {
                sources.Add(source.Open());
            }
            catch (Exception exception) when (exception is WfdbException or IOException or UnauthorizedAccessException)
            {
                metrics.SourceFailed();
                log.SourceFailed(source.Stream.ToString(), exception.Message);
            }
        }

        return sources;
    }

    private List<PacedStream> Start(List<IWaveSource> sources, Dictionary<StreamId, uint> lastEpochs, DateTimeOffset now)
    {
        foreach (var (index, source) in sources.Index())
        {
            var epoch = Math.Max((uint)now.ToUnixTimeSeconds(), lastEpochs.GetValueOrDefault(source.Entry.Stream) + 1);
            var stream = new PacedStream(source, epoch, EventTime.Of(now), Phase(source, index, sources.Count));
            _live[stream.Entry.Stream] = stream;
            log.StreamStarted(stream.Entry.Stream.ToString(), stream.Entry.Source, stream.Entry.RateHz, epoch);
        }

        metrics.Streams(_live.Count);
        return [.. _live.Values];
    }

    private async Task<Dictionary<StreamId, uint>> LastEpochsAsync(List<IWaveSource> sources, CancellationToken cancellationToken)
    {
        var last = new Dictionary<StreamId, uint>();
        foreach (var kind in sources.Select(s => s.Entry.Stream.Kind).Distinct())
        {
            foreach (var (stream, epoch) in await waves.LastEpochsAsync(kind, cancellationToken))
                last[stream] = epoch;
        }

        return last;
    }

    /// <summary>
    /// Spreads the streams over the time between two frames, and their starts over a second: monitors are not switched on together,
    /// and what is told of each second of a stream is not told of all at once.
    /// </summary>
    private static long Phase(IWaveSource source, int index, int count)
    {
        var intervalNs = Math.Max(1, source.Schedule.DueNs(source.BatchSamples));
        var intervals = Math.Max(1, NsPerSecond / intervalNs);
        return (intervalNs * index / count) + (intervalNs * (index % intervals));
    }

    private async ValueTask MarkAndEndAsync(PacedStream stream)
    {
        await MarkEndAsync(stream);
        End(stream);
    }

    /// <summary>Says in the log that the silence to come is none of the heart's. The outbox takes it at once.</summary>
    private ValueTask MarkEndAsync(PacedStream stream) => outbox.PublishAsync(stream.Subject, stream.End(), CancellationToken.None);

    private void End(PacedStream stream)
    {
        if (!_live.TryRemove(stream.Entry.Stream, out _))
            return;
        _ended.Enqueue(stream.Entry with { Life = Life.Ended, LifeSinceNs = EventTime.Of(time.GetUtcNow()) });
        stream.Dispose();
        metrics.Streams(_live.Count);
        log.StreamEnded(stream.Entry.Stream.ToString());
    }

    /// <summary>Registers the streams, keeps the lease, and tells of those that end.</summary>
    private async Task KeepCatalogAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(CatalogWriter.LeaseInterval, time);
        var registered = false;
        do
        {
            try
            {
                await catalog.RenewLeaseAsync(cancellationToken);
                // At first; and again after a break, as the server may have come back without its store.
                if (!registered)
                    await PutLiveAsync(cancellationToken);
                registered = true;
                await PutEndedAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is NatsException or TimeoutException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                if (registered)
                    log.CatalogNotReached(exception.Message);
                registered = false;
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task PutLiveAsync(CancellationToken cancellationToken)
    {
        foreach (var batch in _live.Values.Chunk(PutsAtATime))
            await Task.WhenAll(batch.Select(stream => catalog.PutAsync(stream.Entry, cancellationToken)));
    }

    private async Task PutEndedAsync(CancellationToken cancellationToken)
    {
        foreach (var batch in _ended.ToArray().Chunk(PutsAtATime))
        {
            await Task.WhenAll(batch.Select(entry => catalog.PutAsync(entry, cancellationToken)));
            for (var put = 0; put < batch.Length; put++)
                _ended.TryDequeue(out _);
        }
    }
}

/// <summary>A capability's sources, as they are configured.</summary>
internal interface IWaveSourceProvider
{
    IEnumerable<ConfiguredSource> Configured();
}

/// <summary>A source that has not been opened.</summary>
/// <param name="Stream">What it will be.</param>
/// <param name="Open">May fail with a message for people: a file is missing, or lies.</param>
internal readonly record struct ConfiguredSource(StreamId Stream, Func<IWaveSource> Open);
