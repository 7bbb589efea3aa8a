using Google.Protobuf;
using SignalStream.Contracts;
using SignalStream.Messaging.Logs;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>A worker threw: its state is in doubt.</summary>
internal sealed class WorkerFailedException(StreamId stream, Exception cause) : Exception(cause.Message, cause)
{
    public StreamId Stream => stream;
}

/// <summary>One stream in this replica's hands: its worker, and its outputs, a log each.</summary>
internal sealed class StreamWork
{
    private readonly List<SignalEvent> _made = [];
    private readonly StreamOutput[] _outputs;
    private readonly Capability _capability;
    private readonly StreamId _stream;
    private IStreamWorker _worker;

    /// <summary>Begins a stream.</summary>
    /// <param name="stream">Which.</param>
    /// <param name="capability">What is done with it.</param>
    /// <param name="worker">Does it.</param>
    /// <param name="outputs">For each log that the capability writes.</param>
    public StreamWork(StreamId stream, Capability capability, IStreamWorker worker, IEnumerable<StreamOutput> outputs) =>
        (_stream, _capability, _worker, _outputs) = (stream, capability, worker, [.. outputs]);

    public StreamId Stream => _stream;

    /// <summary>When its last message was stored, ns since the Unix epoch.</summary>
    public long LastNs { get; set; }

    /// <exception cref="WorkerFailedException">The worker threw.</exception>
    public Rejection? Process(in LogMessage message)
    {
        Rejection? rejection;
        try
        {
            rejection = _worker.Process(message, _made);
        }
        catch (Exception exception)
        {
            throw new WorkerFailedException(_stream, exception);
        }

        AddMade();
        return rejection;
    }

    /// <exception cref="WorkerFailedException">The worker threw.</exception>
    public void Tick(long logNs) => Work(worker => worker.Tick(logNs, _made));

    /// <exception cref="WorkerFailedException">The worker threw.</exception>
    public void Set(string name, ReadOnlyMemory<byte> value) => Work(worker => worker.Set(name, value, _made));

    /// <summary>The log says that the worker passes a message over: so does its stream.</summary>
    public void Skip(in LogMessage message, string reason)
    {
        var place = new EventPlace(_stream, (uint)(message.StoredNs / 1_000_000_000), message.Sequence, message.StoredNs);
        var output = _capability.Outputs[0];
        _made.Add(new SkipEvent(place, _capability.FullName, LogDefinitions.NameOf(_capability.Input), reason, output));
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

    private void Work(Action<IStreamWorker> work)
    {
        try
        {
            work(_worker);
        }
        catch (Exception exception)
        {
            throw new WorkerFailedException(_stream, exception);
        }

        AddMade();
    }

    private void AddMade()
    {
        foreach (var made in _made)
            OutputOf(made).Add(made);
        _made.Clear();
    }

    private StreamOutput OutputOf(SignalEvent made) => Array.Find(_outputs, o => o.Type == made.Type) ?? throw new WorkerFailedException(
        _stream, new InvalidOperationException($"{made.Kind} is a {made.Type}, which {_capability.FullName} does not write."));
}
