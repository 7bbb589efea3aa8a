using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace SignalStream.ChaosTests.Processor;

/// <summary>
/// Publishes the beds' frames when they are due, with acknowledgement, and after a failure everything again from the first frame
/// that was not acknowledged, in order: what the processor may rely on, and not more.
/// </summary>
internal sealed class InputFeed
{
    private const int MostAtOnce = 250;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    private readonly NatsJSContext _log;
    private readonly IReadOnlyList<Bed> _beds;
    private readonly long[] _made;
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly Task _running;
    private int _resent;

    public InputFeed(INatsConnection connection, IReadOnlyList<Bed> beds)
    {
        _log = new NatsJSContext(connection);
        _beds = beds;
        _made = new long[beds.Count];
        _running = Task.WhenAll(Enumerable.Range(0, beds.Count).Select(bed => Task.Run(() => FeedAsync(bed))));
    }

    /// <summary>Frames that were published again.</summary>
    public int Resent => _resent;

    /// <summary>Frames of each bed.</summary>
    public IReadOnlyList<long> Made => _made;

    /// <summary>Ends by itself only when it fails.</summary>
    public Task Running => _running;

    /// <summary>Makes no more, and waits until all is in the log.</summary>
    public Task StopAsync()
    {
        _stop.TrySetResult();
        return _running;
    }

    private async Task FeedAsync(int number)
    {
        var bed = _beds[number];
        var phase = Bed.FrameInterval * ((double)number / _beds.Count);
        var waiting = new Queue<byte[]>();
        while (!_stop.Task.IsCompleted || waiting.Count > 0)
        {
            for (; !_stop.Task.IsCompleted && TimeProvider.System.GetElapsedTime(_started) >= phase + (Bed.FrameInterval * _made[number]); _made[number]++)
                waiting.Enqueue(bed.NextFrame());
            if (waiting.Count > 0)
                await SendAsync(bed.Subject, waiting);
            else
                await PauseAsync(phase + (Bed.FrameInterval * _made[number]) - TimeProvider.System.GetElapsedTime(_started));
        }
    }

    /// <summary>One batch under way a stream: what follows a frame that was lost is published again behind it.</summary>
    private async Task SendAsync(string subject, Queue<byte[]> waiting)
    {
        var batch = waiting.Take(MostAtOnce).ToList();
        var results = await Task.WhenAll(batch.Select(frame => _log.TryPublishAsync(subject, frame).AsTask()));
        var stored = StoredInOrder(results);
        for (var i = 0; i < stored; i++)
            waiting.Dequeue();
        if (stored == batch.Count)
            return;
        Interlocked.Add(ref _resent, batch.Count - stored);
        await PauseAsync(RetryPause);
    }

    /// <summary>While a connection is made anew, a frame can overtake the one before: then that one is published again.</summary>
    private static int StoredInOrder(NatsResult<PubAckResponse>[] results)
    {
        var last = 0UL;
        return results.TakeWhile(result => result is { Success: true, Value.Error: null } && result.Value.Seq > last && (last = result.Value.Seq) > 0).Count();
    }

    /// <summary>Until the next frames are due: it paces the input.</summary>
    private static Task PauseAsync(TimeSpan pause) =>
        Task.Delay(pause > TimeSpan.FromMilliseconds(1) ? pause : TimeSpan.FromMilliseconds(1), TimeProvider.System);
}
