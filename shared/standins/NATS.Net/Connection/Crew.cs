namespace NATS.Client.Core;

/// <summary>Somebody who waits for what has come about.</summary>
internal interface IAwaiter
{
    /// <summary>Lets who waits go on.</summary>
    /// <param name="onThisThread">Here and now, for as long as it likes; else on the thread pool.</param>
    void Resume(bool onThisThread);

    /// <summary>Where who waits goes on; null: anywhere.</summary>
    SynchronizationContext? Context => null;
}

/// <summary>
/// Threads that take turns at a socket: one reads, or sends, and whoever waits for what it did goes on right there, while
/// another thread has taken the socket over. So what was read is still in this core's cache, and no thread of the pool is woken,
/// only to spin before it sleeps. However long somebody stays, the socket is served: a turn is passed on to a free thread, or
/// he goes on on the pool.
/// </summary>
internal sealed class Crew
{
    /// <summary>With a third thread one that just comes back is not missed; a fourth is seldom needed.</summary>
    private const int Most = 4;

    private readonly string _name;
    private readonly Func<IAwaiter?> _work;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AutoResetEvent _turn = new(false);
    private int _threads;
    private int _free;
    private volatile bool _isOver;

    private Crew(string name, Func<IAwaiter?> work) => (_name, _work) = (name, work);

    /// <summary>Works until that throws, as it does when the connection ends.</summary>
    /// <param name="name">Of the threads.</param>
    /// <param name="work">One piece of it; returns somebody who waits for what came of it, if anybody does.</param>
    /// <returns>A task that fails as <paramref name="work"/> did.</returns>
    public static Task RunAsync(string name, Func<IAwaiter?> work)
    {
        var crew = new Crew(name, work);
        crew.Enlist();
        return crew._end.Task;
    }

    private void Enlist()
    {
        Interlocked.Increment(ref _threads);
        new Thread(TakeTurns) { IsBackground = true, Name = _name }.UnsafeStart();
    }

    private void TakeTurns()
    {
        do
            WorkUntilSomebodyGoesOnHere();
        while (WaitForTurn());
        if (Interlocked.Decrement(ref _threads) == 0)
            _turn.Dispose();
    }

    private void WorkUntilSomebodyGoesOnHere()
    {
        try
        {
            while (true)
            {
                if (_work() is not { } waiting)
                    continue;
                var isPassedOn = TryPassTurn();
                waiting.Resume(onThisThread: isPassedOn);
                if (isPassedOn)
                    return;
            }
        }
        catch (Exception why)
        {
            _isOver = true;
            _turn.Set();
            _end.TrySetException(why);
        }
    }

    private bool TryPassTurn()
    {
        if (Volatile.Read(ref _free) > 0)
        {
            Interlocked.Decrement(ref _free);
            _turn.Set();
            return true;
        }

        if (_threads == Most)
            return false;
        Enlist();
        return true;
    }

    private bool WaitForTurn()
    {
        Interlocked.Increment(ref _free);
        _turn.WaitOne();
        if (_isOver)
            _turn.Set();
        return !_isOver;
    }
}
