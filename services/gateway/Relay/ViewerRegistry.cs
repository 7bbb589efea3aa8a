using System.Collections.Concurrent;

namespace SignalStream.Gateway.Relay;

/// <summary>The viewers that are connected.</summary>
internal sealed class ViewerRegistry(RelayMetrics metrics)
{
    private readonly ConcurrentDictionary<long, Viewer> _viewers = new();
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a viewer in unless that many are there.</summary>
    public bool TryAdd(Viewer viewer, int most)
    {
        if (Interlocked.Increment(ref _count) > most)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        _viewers[viewer.Id] = viewer;
        metrics.Viewers(Count);
        return true;
    }

    public void Remove(Viewer viewer)
    {
        if (_viewers.TryRemove(viewer.Id, out _))
            metrics.Viewers(Interlocked.Decrement(ref _count));
    }

    public void CloseAll(ViewerClose why)
    {
        foreach (var (_, viewer) in _viewers)
            viewer.Close(why);
    }

    public void Sweep()
    {
        long queued = 0;
        var thinned = 0;
        foreach (var (_, viewer) in _viewers)
        {
            viewer.Sweep();
            queued += viewer.QueuedBytes;
            if (viewer.Step > 0)
                thinned++;
        }

        metrics.QueuedBytes(queued);
        metrics.ViewersThinned(thinned);
    }
}
