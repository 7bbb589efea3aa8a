using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using SignalStream.Gateway.Relay.Resume;
using SignalStream.Messaging;

namespace SignalStream.Gateway.Relay;

/// <summary>Owns some of the viewers: what happens to them happens here, in one turn after the other, so that their state needs no lock.</summary>
/// <remarks>
/// A frame's way: the worker has a connection to NATS of its own, and that connection's reading thread takes a turn of the worker
/// with each stretch of messages that it has read (RelayWorker.Turns.cs). In it <see cref="WaveFeed.Relay"/> checks the frame and
/// writes it once, as a whole WebSocket message, into a shared buffer; <see cref="StreamTopic.Publish"/> hangs the envelopes on it
/// that it has completed, if anybody wants some, and gives it to the stream's viewers of this worker, and posts it to the other
/// workers that have some. <see cref="Deliver"/> hands it to each viewer: straight into the socket where nothing waits, else into
/// the queue as it is, or what the viewer is to get of it; at the turn's end each viewer who got something that way
/// sends it, in one system call. So while a worker keeps up, a frame goes from one socket to the others on one thread, alone and
/// at once; when it is behind, what has gathered for a viewer goes out together, which costs hardly more than one frame.
/// </remarks>
internal sealed partial class RelayWorker(RelayOptions options, FramePool pool, RelayMetrics metrics, TimeProvider time, ILogger log)
    : IDisposable
{
    /// <summary>When more waves wait for a worker, it is behind, and the feeds pause.</summary>
    private const int MostWaves = 16 << 10;

    /// <summary>Posts taken in before what they brought is sent.</summary>
    private const int MostTaken = 4096;

    /// <summary>Deliveries that are looked at together before they are made.</summary>
    /// <remarks>
    /// What belongs to a viewer is seldom in the cache when its turn comes: each system call brings its own. Objects looked at one
    /// after the other are waited for one after the other, between two sends; those of several viewers together come together.
    /// </remarks>
    private const int Together = 16;

    /// <summary>Frames of a stream that no more than so many watch here wait for other streams' frames of the turn.</summary>
    private const int FewViewers = 4;

    private static readonly object Look = new();

    private readonly ConcurrentQueue<Posted> _inbox = new();
    private readonly List<Viewer> _touched = [];
    private readonly List<Delivery> _sends = new(2 * Together);
    private int _waves;

    private readonly record struct Delivery(ViewerStream Stream, SharedFrame Wave);

    /// <summary>Something for a viewer, or for all of a stream's viewers here.</summary>
    private readonly record struct Posted(object To, object? What);

    public RelayOptions Options => options;

    public FramePool Pool => pool;

    public TimeProvider Time => time;

    public ILogger Log => log;

    public RelayMetrics Metrics => metrics;

    /// <summary>What the workers' viewers are sent is counted here, and added to the metrics once a turn.</summary>
    public DeliveryCounts Counts { get; } = new(metrics, time);

    /// <summary>Whether it hardly keeps up. In a turn.</summary>
    public Strain Strain { get; } = new(time);

    /// <summary>Its own connection to the bus.</summary>
    public SignalBus? Bus { get; init; }

    /// <summary>Where messages for one viewer are put together.</summary>
    public SendBuffer Buffer { get; } = new();

    /// <summary>Whether waves come faster than they can be sent.</summary>
    public bool IsBehind => Volatile.Read(ref _waves) > MostWaves;

    /// <summary>A wave for viewers of this worker, later; the hold on the frame goes over.</summary>
    public void Post(StreamWatchers watchers, SharedFrame wave)
    {
        Interlocked.Increment(ref _waves);
        watchers.NoteWaiting();
        Post(new Posted(watchers, wave));
    }

    /// <summary>An event for one viewer; the hold on the frame goes over.</summary>
    public void Post(ViewerStream stream, SharedFrame happened) => Post(new Posted(stream, happened));

    /// <summary>A whole WebSocket message.</summary>
    public void Post(Viewer viewer, byte[] message) => Post(new Posted(viewer, message));

    public void Post(Viewer viewer, ViewerClose why) => Post(new Posted(viewer, why));

    /// <summary>There may be room again, or it may begin.</summary>
    public void Post(Viewer viewer) => Post(new Posted(viewer, null));

    /// <summary>What a log had for one viewer; the holds on the frames go over.</summary>
    public void Post(ViewerStream stream, ReplayBatch batch) => Post(new Posted(stream, batch));

    /// <summary>A text that is written when its turn has come.</summary>
    public void Post(Viewer viewer, Func<byte[]> text) => Post(new Posted(viewer, text));

    /// <summary>The viewer wants no waves of the stream any more.</summary>
    public void PostEnd(ViewerStream stream) => Post(new Posted(stream, null));

    /// <summary>Time to see whether anything still moves.</summary>
    public void PostLook(Viewer viewer) => Post(new Posted(viewer, Look));

    /// <summary>Runs something here; what it awaits comes back here as well.</summary>
    public Task RunAsync(Func<Task> run)
    {
        var started = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(new Posted(new SendOrPostCallback(_ => started.SetResult(run())), null));
        return started.Task.Unwrap();
    }

    /// <summary>A wave for all who watch its stream here. In a turn.</summary>
    /// <param name="watchers">They.</param>
    /// <param name="wave">The caller keeps its hold.</param>
    /// <param name="isLast">No other frame of the stream is known to follow at once: it need not be waited for.</param>
    public void Deliver(StreamWatchers watchers, SharedFrame wave, bool isLast)
    {
        var viewers = watchers.Viewers.AsSpan();
        // An earlier frame of the stream may be among those that wait to be sent together: it goes first.
        if (!isLast || viewers.Length > FewViewers)
            SendTogether();
        if (!isLast)
        {
            foreach (var stream in viewers)
                Add(stream, wave);
        }
        else if (viewers.Length <= FewViewers)
        {
            foreach (var stream in viewers)
                _sends.Add(new Delivery(stream, wave.Hold()));
            if (_sends.Count >= Together)
                SendTogether();
        }
        else
        {
            var message = wave.Message.Span;
            for (; viewers.Length > 0; viewers = viewers[Math.Min(Together, viewers.Length)..])
                Send(viewers[..Math.Min(Together, viewers.Length)], wave, message);
        }
    }

    private void Send(ReadOnlySpan<ViewerStream> viewers, SharedFrame wave, ReadOnlySpan<byte> message)
    {
        var open = 0;
        foreach (var stream in viewers)
            open += stream.LookAhead();
        foreach (var stream in viewers)
        {
            if (open == 0 || !stream.Viewer.TrySend(stream, wave, message))
                Add(stream, wave);
        }
    }

    /// <summary>Sends what frames of few viewers each have brought.</summary>
    private void SendTogether()
    {
        if (_sends.Count == 0)
            return;
        var sends = CollectionsMarshal.AsSpan(_sends);
        var open = 0;
        foreach (var (stream, _) in sends)
            open += stream.LookAhead();
        foreach (var (stream, wave) in sends)
        {
            if (open == 0 || !stream.Viewer.TrySend(stream, wave, wave.Message.Span))
                Add(stream, wave);
            wave.Release();
        }

        _sends.Clear();
    }

    private void Add(ViewerStream stream, SharedFrame wave)
    {
        if (stream.WantsWaves)
            Touch(stream.Viewer).AddWave(stream, wave);
    }

    private void TakePosted()
    {
        for (var taken = 0; taken < MostTaken && _inbox.TryDequeue(out var posted); taken++)
            Take(posted);
    }

    private void FlushTouched()
    {
        SendTogether();
        foreach (var viewer in _touched)
        {
            viewer.IsTouched = false;
            if (viewer.MayWait)
                _held.Add(viewer, viewer.Hold > TimeSpan.Zero ? viewer.Hold : Relay.Strain.Wait);
            else
                viewer.Flush();
        }

        _touched.Clear();
    }

    private void Take(Posted posted)
    {
        switch (posted)
        {
            case { To: StreamWatchers watchers, What: SharedFrame wave }:
                Interlocked.Decrement(ref _waves);
                Deliver(watchers, wave, isLast: watchers.IsLastWaiting());
                wave.Release();
                break;
            case { To: ViewerStream stream, What: SharedFrame happened }:
                Touch(stream.Viewer).AddEvent(stream, happened);
                happened.Release();
                break;
            case { To: ViewerStream stream, What: ReplayBatch batch }:
                Touch(stream.Viewer).DoNotWait();
                if (stream.Resuming is { } resuming)
                    resuming.TakeLogged(batch);
                else
                    batch.Done();
                break;
            case { To: ViewerStream ended }:
                ended.End();
                break;
            case { To: SendOrPostCallback callback }:
                callback(posted.What);
                break;
            case { To: Viewer viewer, What: byte[] message }:
                Touch(viewer).AddUrgent(new Outgoing(null, null, message));
                break;
            case { To: Viewer viewer, What: Func<byte[]> text }:
                Touch(viewer).AddUrgent(new Outgoing(null, null, null, text));
                break;
            case { To: Viewer viewer, What: ViewerClose why }:
                Touch(viewer).BeginClose(why);
                break;
            case { To: Viewer viewer, What: not null }:
                Touch(viewer).LookAfter();
                break;
            case { To: Viewer viewer }:
                Touch(viewer);
                break;
        }
    }

    private Viewer Touch(Viewer viewer)
    {
        if (!viewer.IsTouched)
        {
            viewer.IsTouched = true;
            _touched.Add(viewer);
        }

        return viewer;
    }
}
