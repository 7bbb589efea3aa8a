using SignalStream.Formats.Wfdb;
using SignalStream.Messaging;

namespace SignalStream.Producer.Pacing;

/// <summary>Sends each stream's frames when they are due: one timer for all, by an absolute schedule.</summary>
/// <remarks>
/// A late tick sends what has become due in the meantime, so the mean rate is the nominal one. After a stall longer than
/// <see cref="LongestStall"/> the missed samples are left out instead: viewers see a gap, not a flood.
/// </remarks>
internal sealed class Pacer(IFramePublisher outbox, PacerMetrics metrics, TimeProvider time, ILogger<Pacer> log)
{
    /// <summary>Up to here a stall is caught up with.</summary>
    public static readonly TimeSpan LongestStall = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);

    private readonly PriorityQueue<PacedStream, long> _due = new();
    private long _started;

    /// <summary>Runs until every stream has ended or it is cancelled.</summary>
    /// <param name="streams">To send; each is at its start.</param>
    /// <param name="started">Timestamp of the moment from which they are due: that of their event time.</param>
    /// <param name="ended">Told a stream whose source has no more samples.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(
        IEnumerable<PacedStream> streams, long started, Func<PacedStream, ValueTask> ended, CancellationToken cancellationToken)
    {
        _started = started;
        foreach (var stream in streams)
            _due.Enqueue(stream, stream.DueNs);
        while (_due.TryPeek(out var next, out var dueNs) && !cancellationToken.IsCancellationRequested)
        {
            var lateNs = NowNs() - dueNs;
            if (lateNs < 0)
            {
                var sleep = TimeSpan.FromTicks(-lateNs / 100);
                await Task.Delay(sleep < ShortestSleep ? ShortestSleep : sleep, time, cancellationToken);
                continue;
            }

            _due.Dequeue();
            metrics.Late(lateNs);
            if (lateNs > LongestStall.Ticks * 100)
                Skip(next);
            if (await SendAsync(next, cancellationToken))
                _due.Enqueue(next, next.DueNs);
            else
                await ended(next);
        }
    }

    private async ValueTask<bool> SendAsync(PacedStream stream, CancellationToken cancellationToken)
    {
        if (!TryRead(stream, out var frame, out var samples))
            return false;
        await outbox.PublishAsync(stream.Subject, frame, cancellationToken);
        metrics.Sent(samples);
        return true;
    }

    private bool TryRead(PacedStream stream, out ReadOnlyMemory<byte> frame, out int samples)
    {
        (frame, samples) = (default, 0);
        try
        {
            frame = stream.NextFrame(out samples);
        }
        catch (Exception exception) when (exception is WfdbException or IOException)
        {
            metrics.SourceFailed();
            log.SourceFailed(stream.Entry.Stream.ToString(), exception.Message);
        }

        return !frame.IsEmpty;
    }

    private void Skip(PacedStream stream)
    {
        var skipped = stream.SkipUntil(NowNs());
        metrics.Skipped(skipped);
        log.SamplesSkipped(stream.Entry.Stream.ToString(), skipped, LongestStall.TotalSeconds);
    }

    private long NowNs() => time.GetElapsedTime(_started).Ticks * 100;
}
