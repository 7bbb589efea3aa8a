using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.Relay.Resume;

/// <summary>Reads the logs for viewers that come back, no faster than they and the live ones can bear.</summary>
/// <remarks>
/// On the pool's threads: a worker only puts what was read into the viewer's queue, some frames at a time and when there is
/// room. A bounded number reads at once; the others wait their turn.
/// </remarks>
internal sealed class ReplayReader(LogReplay logs, FramePool pool, RelayOptions options, RelayMetrics metrics, TimeProvider time, ILogger<ReplayReader> log)
    : IDisposable
{
    private const int MostInBatch = 64;

    /// <summary>A stream that is silent, or has ended, has nothing live to join with.</summary>
    private static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RoomPause = TimeSpan.FromMilliseconds(5);

    private readonly SemaphoreSlim _turns = new(options.ReplayReaders);

    /// <summary>Begins to read for a viewer; ends by itself when that one has caught up or left.</summary>
    public void Start(ViewerStream stream, ResumePoint from)
    {
        var resuming = stream.Resuming!;
        var stop = resuming.Stop.Token;
        if (from.WantsWaves && stream.WantsWaves)
            _ = RunAsync(stream, SignalType.Wave, turn => ReadWavesAsync(stream, resuming, from, turn, stop), stop);
        foreach (var type in stream.Events!.Reading.ToArray())
            _ = RunAsync(stream, type, _ => ReadEventsAsync(stream, type, from, stop), stop);
    }

    public void Dispose() => _turns.Dispose();

    private async Task RunAsync(ViewerStream stream, SignalType type, Func<Turn, Task> read, CancellationToken stop)
    {
        await Task.Yield();
        try
        {
            await _turns.WaitAsync(stop);
            using var turn = new Turn(_turns, metrics);
            await read(turn);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // Caught up, left, or the gateway ends.
        }
        finally
        {
            stream.Viewer.Worker.Post(stream, new ReplayBatch([], type, default, IsCaughtUp: true, IsLast: true));
        }
    }

    private async Task ReadWavesAsync(ViewerStream stream, Resuming resuming, ResumePoint from, Turn turn, CancellationToken stop)
    {
        var entry = stream.Topic.Entry;
        var start = from.WaveStart(entry?.RateHz ?? 0, entry?.Speed ?? 0, time.GetUtcNow());
        // The first look may begin behind the place, when clocks differ or frames were late: then from the oldest on.
        var last = await ReadWavesAsync(stream, from, start, turn, stop) ?? await ReadWavesAsync(stream, from, default, turn, stop);
        while (!stop.IsCancellationRequested)
        {
            // The stream was silent, or the server away. When it goes on, the log may have what did not come by the bus.
            await resuming.HoleAsync(stop);
            await _turns.WaitAsync(stop);
            using var again = new Turn(_turns, metrics);
            last = await ReadWavesAsync(stream, from, last > 0 ? new LogStart(last.Value, null) : start, again, stop) ?? last;
        }
    }

    /// <returns>The last sequence that was read, 0 for none; null when the log may have what lies before the first frame.</returns>
    private async Task<ulong?> ReadWavesAsync(ViewerStream stream, ResumePoint from, LogStart start, Turn turn, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var (batch, samples, began, isFirst, last) = (new List<SharedFrame>(), 0L, time.GetTimestamp(), start.After == 0, start.After);
        await foreach (var logged in Read(SignalType.Wave, stream.Topic.Stream, start, patience.Token))
        {
            last = Math.Max(last, logged.Sequence);
            if (logged.Bytes.Length > 0 && FrameHeader.TryRead(logged.Bytes.Span, out var header) == FrameError.None && header.Kind != FrameKind.Event
                && !EndMark.Is(header, logged.Bytes.Span))
            {
                if (isFirst && start != default && from.HasPlace && (header.Epoch, header.First).CompareTo((from.Epoch, from.First)) > 0)
                    return null;
                isFirst = false;
                if (!from.IsBefore(header, SharedFrame.CoverOf(header, logged.Bytes.Span)))
                {
                    batch.Add(pool.Copy(logged.Bytes.Span, header, stream.Topic.Number));
                    samples += header.Count;
                }
            }
            else if (logged.Bytes.Length == 0 && isFirst && start != default && from.HasPlace)
            {
                return null;
            }

            if (batch.Count < MostInBatch && logged.Pending > 0)
                continue;
            var rateHz = batch.Count > 0 ? batch[^1].Header.RateHz : 0;
            await HandOverAsync(stream, new ReplayBatch([.. batch], SignalType.Wave, logged.Stored, logged.Pending == 0, IsLast: false), stop);
            batch.Clear();
            if (logged.Pending == 0)
            {
                // What is left is to wait for the live ones: others may read meanwhile.
                turn.Dispose();
                patience.CancelAfter(JoinPatience);
            }
            else if (rateHz > 0)
                await PauseAsync(samples / rateHz / options.ReplaySpeed - time.GetElapsedTime(began).TotalSeconds, stop);
        }

        foreach (var frame in batch)
            frame.Release();
        if (!stop.IsCancellationRequested)
            await HandOverAsync(stream, new ReplayBatch([], SignalType.Wave, default, IsCaughtUp: true, IsLast: false, IsDry: true), stop);
        return last;
    }

    private async Task ReadEventsAsync(ViewerStream stream, SignalType type, ResumePoint from, CancellationToken stop)
    {
        var batch = new List<SharedFrame>();
        var rateHz = (float)(stream.Topic.Entry?.RateHz ?? 0);
        await foreach (var logged in Read(type, stream.Topic.Stream, from.EventStart(type, time.GetUtcNow()), stop))
        {
            if (logged.Bytes.Length > 0 && EventCodec.TryDecode(logged.Bytes.Span, out var decoded, out _))
                batch.Add(pool.Event(stream.Topic.Number, rateHz, new LoggedEvent(logged.Sequence, logged.Stored, decoded, logged.Bytes)));
            if (batch.Count < MostInBatch && logged.Pending > 0)
                continue;
            await HandOverAsync(stream, new ReplayBatch([.. batch], type, logged.Stored, logged.Pending == 0, IsLast: false), stop);
            batch.Clear();
            if (logged.Pending == 0)
                return;
        }
    }

    private IAsyncEnumerable<LoggedMessage> Read(SignalType type, StreamId stream, LogStart start, CancellationToken cancellationToken) =>
        logs.ReadAsync(type, stream, start, exception => log.LogInterrupted(LogDefinitions.NameOf(type), exception.Message), cancellationToken);

    private async Task HandOverAsync(ViewerStream stream, ReplayBatch batch, CancellationToken stop)
    {
        metrics.Replayed(batch.Frames.Count);
        var most = options.QueueKilobytes << 10 >> 3;
        stream.Viewer.Worker.Post(stream, batch);
        await batch.Taken.WaitAsync(stop);
        while (stream.Viewer.QueuedBytes > most)
            await Task.Delay(RoomPause, time, stop);
    }

    private Task PauseAsync(double seconds, CancellationToken stop) =>
        seconds > 0.002 ? Task.Delay(TimeSpan.FromSeconds(seconds), time, stop) : Task.CompletedTask;

    /// <summary>A reader's turn, given back once.</summary>
    private sealed class Turn : IDisposable
    {
        private readonly RelayMetrics _metrics;
        private SemaphoreSlim? _turns;

        public Turn(SemaphoreSlim turns, RelayMetrics metrics)
        {
            (_turns, _metrics) = (turns, metrics);
            metrics.Replays(1);
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _turns, null) is not { } turns)
                return;
            _metrics.Replays(-1);
            turns.Release();
        }
    }
}
