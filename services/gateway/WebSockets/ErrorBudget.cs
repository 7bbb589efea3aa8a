namespace SignalStream.Gateway.WebSockets;

/// <summary>Counts the errors of the last minute.</summary>
internal sealed class ErrorBudget(int most, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Queue<long> _errors = new();

    /// <summary>Notes an error; true when it is the one too many.</summary>
    public bool Spend()
    {
        _errors.Enqueue(time.GetTimestamp());
        while (time.GetElapsedTime(_errors.Peek()) > Window)
            _errors.Dequeue();
        return _errors.Count >= most;
    }
}
