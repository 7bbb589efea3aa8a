namespace NATS.Client.Core;

/// <summary>PINGs that wait for their PONG; the server answers in order.</summary>
internal sealed class PingQueue
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource?> _waiting = new();
    private bool _closed;

    /// <summary>PINGs of the keep-alive that are unanswered.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Sends a PING that somebody waits for.</summary>
    public Task Send(Action send)
    {
        var pong = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_closed)
                return Task.FromException(Gone());
            _waiting.Enqueue(pong);
            send();
        }

        return pong.Task;
    }

    /// <summary>Sends a PING of the keep-alive.</summary>
    public void SendKeepAlive(Action send)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            Outstanding++;
            _waiting.Enqueue(null);
            send();
        }
    }

    public void OnPong()
    {
        TaskCompletionSource? pong;
        lock (_gate)
        {
            Outstanding = 0;
            _waiting.TryDequeue(out pong);
        }

        pong?.TrySetResult();
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            while (_waiting.TryDequeue(out var pong))
                pong?.TrySetException(Gone());
        }
    }

    private static NatsException Gone() => new("The connection was lost before PONG came.");
}
