using Google.Protobuf;
using SignalStream.Contracts;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>One stream in this replica's hands: its worker, and its outputs, a log each.</summary>
internal sealed class StreamWork
{
    private readonly List<SignalEvent> _made = [];
    private readonly StreamOutput[] _outputs;
    private readonly StreamId _stream;
    private IStreamWorker _worker;

    /// <summary>Begins a stream.</summary>
    /// <param name="stream">Which.</param>
    /// <param name="worker">In its first state.</param>
    /// <param name="outputs">For each log that the capability writes.</param>
    public StreamWork(StreamId stream, IStreamWorker worker, IEnumerable<StreamOutput> outputs) =>
        (_stream, _worker, _outputs) = (stream, worker, [.. outputs]);

    /// <summary>When its last message was stored, ns since the Unix epoch.</summary>
    public long LastNs { get; set; }

    public Rejection? Process(in LogMessage message)
    {
        LastNs = message.StoredNs;
        var rejection = _worker.Process(message, _made);
        AddMade();
        return rejection;
    }

    public void Tick(long logNs)
    {
        _worker.Tick(logNs, _made);
        AddMade();
    }

    /// <summary>A worker in its first state: what it was is forgotten, but its outputs go on where they stood.</summary>
    public void Renew(IStreamWorker worker) => _worker = worker;

    /// <summary>What a checkpoint says of it, and of each output the newest one that must be stored before that is true.</summary>
    public V1.Checkpoint.Types.StreamState Save(List<AwaitedOutput> awaited)
    {
        var state = new V1.Checkpoint.Types.StreamState
        {
            Stream = _stream.ToString(),
            Version = _worker.Version,
            State = UnsafeByteOperations.UnsafeWrap(_worker.Save()),
            LastNs = LastNs,
        };
        foreach (var output in _outputs)
        {
            if (output.Save() is not { } saved)
                continue;
            state.Outputs.Add(saved.State);
            awaited.Add(saved);
        }

        return state;
    }

    private void AddMade()
    {
        try
        {
            foreach (var made in _made)
                OutputOf(made).Add(made);
        }
        finally
        {
            _made.Clear();
        }
    }

    private StreamOutput OutputOf(SignalEvent made) => Array.Find(_outputs, o => o.Type == made.Type)
        ?? throw new InvalidOperationException($"{made.Kind} of {_stream} is a {made.Type}, which this capability does not write.");
}
