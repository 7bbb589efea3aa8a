namespace NATS.Client.Core;

/// <summary>
/// For what takes some dozen nanoseconds and calls nothing that waits. It costs one atomic operation where <see cref="Lock"/>
/// has two, and each of them waits until everything written before has reached the cache. Not reentrant.
/// </summary>
internal sealed class ShortLock
{
    private int _held;

    /// <summary>Enters; disposing leaves.</summary>
    public Holder Hold()
    {
        if (Interlocked.CompareExchange(ref _held, 1, 0) != 0)
            Wait();
        return new Holder(this);
    }

    private void Wait()
    {
        // Giving way is enough: whoever holds it runs, or would run if others gave way. Sleeping would take a millisecond.
        var wait = default(SpinWait);
        do
            wait.SpinOnce(sleep1Threshold: -1);
        while (Volatile.Read(ref _held) != 0 || Interlocked.CompareExchange(ref _held, 1, 0) != 0);
    }

    public readonly ref struct Holder(ShortLock held)
    {
        public void Dispose() => Volatile.Write(ref held._held, 0);
    }
}
