using NATS.Client.Core;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging;

namespace SignalStream.Gateway.Relay;

/// <summary>The workers, one a core unless told otherwise, each with a connection to NATS; viewers are dealt out in turn and stay.</summary>
internal sealed class RelayWorkers : IAsyncDisposable
{
    private readonly INatsConnection[] _connections;
    private readonly RelayWorker[] _workers;
    private uint _dealt;

    public RelayWorkers(
        RelayOptions options, NatsConnections nats, FramePool pool, RelayMetrics metrics, TimeProvider time, ILogger<RelayWorker> log)
    {
        var count = options.Workers > 0 ? options.Workers : Environment.ProcessorCount;
        _connections = [.. Enumerable.Range(1, count).Select(number => nats.Open($"relay {number}"))];
        _workers = [.. _connections.Select(connection => new RelayWorker(options, pool, metrics, time, log) { Bus = new SignalBus(connection) })];
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

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
            await connection.DisposeAsync();
        foreach (var worker in _workers)
            worker.Dispose();
    }
}
