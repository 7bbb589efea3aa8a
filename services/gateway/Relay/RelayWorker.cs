using System.Collections.Concurrent;
using SignalStream.Gateway.Relay.Resume;

namespace SignalStream.Gateway.Relay;

/// <summary>A thread that owns some of the viewers: what happens to them happens here, so that their state needs no lock.</summary>
/// <remarks>
/// A frame's way: <see cref="WaveFeed.Relay"/>, on a worker, checks it and writes it once, as a whole WebSocket message, into a
/// shared buffer; <see cref="StreamTopic.Publish"/> hangs the envelopes on it that it has completed, if anybody wants some, and posts
/// it to each worker with those of its viewers who watch the stream; there <see cref="Viewer.AddWave"/> takes it as it is, or what
/// its viewer is to get of it;
/// <see cref="RunOnce"/> puts everything that was posted into the viewers' queues and then lets each viewer who got something
/// send it, in one system call. So while a worker keeps up, a frame goes out alone and at once; when it is behind, what has
/// gathered for a viewer goes out together, which costs hardly more than one frame.
/// </remarks>
internal sealed class RelayWorker(RelayOptions options, FramePool pool, RelayMetrics metrics, TimeProvider time, ILogger log)
    : IDisposable
{
    /// <summary>When more waves wait for a worker, it is behind, and the feeds pause.</summary>
    private const int MostWaves = 16 << 10;

    /// <summary>Posts taken in before what they brought is sent.</summary>
    private const int MostTaken = 4096;

    private static readonly object Look = new();

    private readonly ConcurrentQueue<Posted> _inbox = new();
    private readonly WakeUp _posted = new();
    private readonly List<Viewer> _touched = [];
    private readonly PriorityQueue<Viewer, long> _held = new();
    private int _waves;
    private int _awake;
    private volatile bool _stopping;
    private Thread? _thread;

    /// <summary>Something for a viewer, or for all of a stream's viewers here.</summary>
    private readonly record struct Posted(object To, object? What);

    public RelayOptions Options => options;

    public FramePool Pool => pool;

    public TimeProvider Time => time;

    public ILogger Log => log;

    public RelayMetrics Metrics => metrics;

    /// <summary>What the workers' viewers are sent is counted here, and added to the metrics once a turn.</summary>
    public DeliveryCounts Counts { get; } = new(metrics, time);

    /// <summary>Where messages for one viewer are put together.</summary>
    public SendBuffer Buffer { get; } = new();

    /// <summary>Whether waves come faster than they can be sent.</summary>
    public bool IsBehind => Volatile.Read(ref _waves) > MostWaves;

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "relay" };
        _thread.Start();
    }

    /// <summary>A wave for viewers of this worker; the hold on the frame goes over.</summary>
    public void Post(ViewerStream[] viewers, SharedFrame wave)
    {
        Interlocked.Increment(ref _waves);
        Post(new Posted(viewers, wave));
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

    /// <summary>Takes in what was posted, then sends; false when there was nothing.</summary>
    public bool RunOnce()
    {
        var taken = 0;
        while (taken < MostTaken && _inbox.TryDequeue(out var posted))
        {
            Take(posted);
            taken++;
        }

        foreach (var viewer in _touched)
        {
            viewer.IsTouched = false;
            if (!viewer.MayWait)
                viewer.Flush();
            else if (!viewer.IsHeld)
                Hold(viewer);
        }

        _touched.Clear();
        FlushDue();
        Counts.Publish();
        return taken > 0;
    }

    /// <summary>Viewers that asked for it get what comes within a while in one send.</summary>
    private void Hold(Viewer viewer)
    {
        viewer.IsHeld = true;
        _held.Enqueue(viewer, time.GetTimestamp() + (long)(viewer.Hold.TotalSeconds * time.TimestampFrequency));
    }

    private void FlushDue()
    {
        if (_held.Count == 0)
            return;
        var now = time.GetTimestamp();
        while (_held.TryPeek(out var viewer, out var due) && due <= now)
        {
            _held.Dequeue();
            viewer.IsHeld = false;
            viewer.Flush();
        }
    }

    /// <summary>Until the first viewer that is held is due, ms; -1 when none is.</summary>
    private int UntilDue() => _held.TryPeek(out _, out var due)
        ? (int)Math.Clamp(Math.Ceiling((due - time.GetTimestamp()) * 1e3 / time.TimestampFrequency), 0, int.MaxValue)
        : -1;

    public void Dispose()
    {
        _stopping = true;
        _posted.Set();
        _thread?.Join();
        _posted.Dispose();
    }

    private void Take(Posted posted)
    {
        switch (posted)
        {
            case { To: ViewerStream[] viewers, What: SharedFrame wave }:
                Interlocked.Decrement(ref _waves);
                foreach (var stream in viewers)
                {
                    if (stream.WantsWaves)
                        Touch(stream.Viewer).AddWave(stream, wave);
                }

                wave.Release();
                break;
            case { To: ViewerStream stream, What: SharedFrame happened }:
                Touch(stream.Viewer).AddEvent(stream, happened);
                happened.Release();
                break;
            case { To: ViewerStream stream, What: ReplayBatch batch }:
                Touch(stream.Viewer);
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

    private void Post(Posted posted)
    {
        _inbox.Enqueue(posted);
        if (Interlocked.Exchange(ref _awake, 1) == 0 && !_stopping)
            _posted.Set();
    }

    private void Run()
    {
        SynchronizationContext.SetSynchronizationContext(new Home(this));
        while (!_stopping)
        {
            if (RunOnce())
                continue;
            Volatile.Write(ref _awake, 0);
            Interlocked.MemoryBarrier();
            if (_inbox.IsEmpty)
                _posted.Wait(UntilDue());
            Volatile.Write(ref _awake, 1);
        }
    }

    /// <summary>Brings what continues after an await back to the worker: no thread of the pool is woken for it.</summary>
    private sealed class Home(RelayWorker worker) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => worker.Post(new Posted(d, state));

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

        public override SynchronizationContext CreateCopy() => this;
    }
}
