namespace SignalStream.Gateway.Relay;

/// <summary>The workers, one a core unless told otherwise; viewers are dealt out in turn and stay.</summary>
internal sealed class RelayWorkers : IDisposable
{
    private readonly RelayWorker[] _workers;
    private uint _dealt;

    public RelayWorkers(RelayOptions options, FramePool pool, RelayMetrics metrics, TimeProvider time, ILogger<RelayWorker> log)
    {
        var count = options.Workers > 0 ? options.Workers : Environment.ProcessorCount;
        _workers = [.. Enumerable.Range(0, count).Select(_ => new RelayWorker(options, pool, metrics, time, log))];
        foreach (var worker in _workers)
            worker.Start();
    }

    /// <summary>Whether waves come faster than one of them can send.</summary>
    public bool AreBehind
    {
        get
        {
            foreach (var worker in _workers)
            {
                if (worker.IsBehind)
                    return true;
            }

            return false;
        }
    }

    /// <summary>The worker of the next viewer.</summary>
    public RelayWorker Next() => _workers[Interlocked.Increment(ref _dealt) % _workers.Length];

    public void Dispose()
    {
        foreach (var worker in _workers)
            worker.Dispose();
    }
}
