using System.Net;

namespace SignalStream.Benchmarks.Relay;

/// <summary>How many viewers watch what, and how badly.</summary>
/// <param name="Viewers">Those that read at once.</param>
/// <param name="StreamsEach">Streams of each.</param>
/// <param name="Slow">More that take 256 bytes ten times a second.</param>
/// <param name="Frozen">More that never read.</param>
internal sealed record FleetShape(int Viewers, int StreamsEach = 1, int Slow = 0, int Frozen = 0);

/// <summary>Many viewers on few threads.</summary>
internal sealed class ViewerFleet : IDisposable
{
    private const int SmallBuffer = 4096;

    private readonly List<LoadViewer> _viewers = [];
    private readonly List<Thread> _threads = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private LoadCounts _fast = new();
    private LoadCounts _slow = new();

    /// <summary>Connects all of them and begins to read; the first one has the stream of that number.</summary>
    public static ViewerFleet Connect(IPEndPoint server, Dialect dialect, IReadOnlyList<string> streams, FleetShape shape, int first = 0)
    {
        var fleet = new ViewerFleet();
        for (var i = 0; i < shape.Viewers + shape.Slow + shape.Frozen; i++)
        {
            var buffer = i < shape.Viewers ? 0 : SmallBuffer;
            fleet._viewers.Add(LoadViewer.Connect(server, dialect, streams, first + (i * shape.StreamsEach), shape.StreamsEach, buffer));
        }

        fleet.Start(() => fleet.ReadFast(fleet._viewers[..shape.Viewers]));
        if (shape.Slow > 0)
            fleet.Start(() => fleet.ReadSlowly(fleet._viewers.GetRange(shape.Viewers, shape.Slow)));
        return fleet;
    }

    /// <summary>What was seen since the last call, by those that read at once and by the slow ones.</summary>
    public (LoadCounts Fast, LoadCounts Slow) Collect()
    {
        lock (_gate)
        {
            var seen = (_fast, _slow);
            (_fast, _slow) = (new LoadCounts(), new LoadCounts());
            return seen;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _threads.ForEach(thread => thread.Join());
        _viewers.ForEach(viewer => viewer.Dispose());
        _stop.Dispose();
    }

    private void Start(ThreadStart run)
    {
        var thread = new Thread(run) { IsBackground = true, Name = "viewers" };
        _threads.Add(thread);
        thread.Start();
    }

    private void ReadFast(List<LoadViewer> viewers)
    {
        using var poll = new Epoll();
        for (var i = 0; i < viewers.Count; i++)
            poll.Watch(viewers[i].Descriptor, i);
        var buffer = new byte[256 << 10];
        var ended = new HashSet<int>();
        Span<int> ready = stackalloc int[256];
        while (!_stop.IsCancellationRequested)
        {
            var count = poll.Wait(ready, milliseconds: 100);
            lock (_gate)
            {
                foreach (var key in ready[..count])
                {
                    if (!ended.Contains(key) && !viewers[key].Read(buffer, buffer.Length, _fast))
                        End(viewers[key], _fast, () => ended.Add(key));
                }
            }
        }
    }

    private void ReadSlowly(List<LoadViewer> viewers)
    {
        const int BytesEach = 256;
        var buffer = new byte[64 << 10];
        for (; !_stop.IsCancellationRequested; Thread.Sleep(100))
        {
            lock (_gate)
            {
                for (var i = viewers.Count - 1; i >= 0; i--)
                {
                    if (!viewers[i].Read(buffer, BytesEach, _slow))
                        End(viewers[i], _slow, () => viewers.RemoveAt(i));
                }
            }
        }
    }

    // Closed at once: epoll would tell of its end for ever.
    private static void End(LoadViewer viewer, LoadCounts counts, Action forget)
    {
        counts.Closed++;
        viewer.Dispose();
        forget();
    }
}
