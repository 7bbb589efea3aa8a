using System.Runtime.CompilerServices;

namespace NATS.Client.Core;

/// <summary>
/// Waits for the socket, and meanwhile the last reader of what it brought before goes on, on the thread that the reading loop
/// has just left. That spares waking another thread, and what is read is still in this core's cache. However long the reader
/// stays: by then the reading loop waits for the socket and goes on elsewhere.
/// </summary>
internal readonly struct Receiving(ValueTask<int> receive, NatsSubBase? reader) : ICriticalNotifyCompletion
{
    private readonly ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _receive = receive.ConfigureAwait(false).GetAwaiter();

    public bool IsCompleted
    {
        get
        {
            if (!_receive.IsCompleted)
                return false;
            reader?.Wake(onThisThread: false);
            return true;
        }
    }

    public Receiving GetAwaiter() => this;

    public int GetResult() => _receive.GetResult();

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        _receive.UnsafeOnCompleted(continuation);
        reader?.Wake(onThisThread: true);
    }
}
