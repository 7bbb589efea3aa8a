namespace SignalStream.Gateway.Relay;

/// <remarks>
/// Turns are taken by two threads, never at once: the one that reads the worker's NATS connection, for what it has just read, and
/// the worker's own, for everything that is posted meanwhile or comes due. Between reading a frame and sending it no thread is
/// woken.
/// </remarks>
internal sealed partial class RelayWorker
{
    private const int Nobody = 0;

    private readonly WakeUp _posted = new();
    private readonly HeldViewers _held = new(time);
    private readonly Viewer[] _due = new Viewer[Together];
    private int _turnOf;
    private int _awake;

    /// <summary>Until when the worker's thread sleeps at most; timestamp.</summary>
    private long _sleepsUntil;
    private volatile bool _stopping;
    private Thread? _thread;

    /// <summary>Whether the caller is in a turn and nothing is posted: what it hands to a viewer overtakes nothing.</summary>
    public bool IsHere => _turnOf == Environment.CurrentManagedThreadId && _inbox.IsEmpty;

    /// <summary>Whether nobody has the turn and nothing waits for one.</summary>
    public bool IsIdle => Volatile.Read(ref _turnOf) == Nobody && _inbox.IsEmpty;

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "relay" };
        _thread.Start();
    }

    /// <summary>One turn: takes in what was posted, then sends; false when there was nothing.</summary>
    public bool RunOnce()
    {
        var isSomething = !_inbox.IsEmpty;
        if (!TryEnter())
            return false;
        TakePosted();
        EndTurn();
        return isSomething;
    }

    public void Dispose()
    {
        _stopping = true;
        _posted.Set();
        _thread?.Join();
        _posted.Dispose();
    }

    private bool TryEnter()
    {
        if (Interlocked.CompareExchange(ref _turnOf, Environment.CurrentManagedThreadId, Nobody) != Nobody)
            return false;
        Strain.BeginTurn();
        return true;
    }

    private void EndTurn()
    {
        FlushTouched();
        FlushDue();
        Counts.Publish();
        if (Strain.EndTurn())
            metrics.Strained(Strain.Is);
        Interlocked.Exchange(ref _turnOf, Nobody);
    }

    private void Post(Posted posted)
    {
        _inbox.Enqueue(posted);
        Wake();
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _awake, 1) == 0 && !_stopping)
            _posted.Set();
    }

    private void Run()
    {
        SynchronizationContext.SetSynchronizationContext(new Home(this));
        while (!_stopping)
        {
            if (RunOnce())
                continue;
            _sleepsUntil = _held.Due;
            Interlocked.Exchange(ref _awake, 0);
            // Whoever has the turn looks at the inbox when it is over, and wakes.
            if (_inbox.IsEmpty || Volatile.Read(ref _turnOf) != Nobody)
                _posted.Wait(MillisecondsUntil(_sleepsUntil));
            Volatile.Write(ref _awake, 1);
        }
    }

    private void FlushDue()
    {
        for (int taken; (taken = _held.TakeDue(_due)) > 0;)
        {
            var due = _due.AsSpan(0, taken);
            foreach (var viewer in due)
                viewer.LookAhead();
            foreach (var viewer in due)
                viewer.Flush();
        }
    }

    /// <summary>A little more than that: mostly a frame comes meanwhile, and who reads it sends what is due.</summary>
    private int MillisecondsUntil(long due) => due == long.MaxValue
        ? Timeout.Infinite
        : 1 + (int)Math.Clamp(Math.Ceiling((due - time.GetTimestamp()) * 1e3 / time.TimestampFrequency), 0, int.MaxValue - 1);

    /// <summary>Brings what continues after an await to the worker's turns: no thread of the pool is woken for it.</summary>
    /// <remarks>
    /// The NATS connection begins an operation before it lets readers go on, and completes it behind the last one. That is a turn,
    /// if nobody else has it, and what is posted in it is run at once. Where nothing does so, as with NATS.Net itself, all is posted.
    /// </remarks>
    private sealed class Home(RelayWorker worker) : SynchronizationContext
    {
        private int _stretchOf;
        private bool _isRunning;

        public override void OperationStarted()
        {
            if (worker._stopping || !worker.TryEnter())
                return;
            _stretchOf = Environment.CurrentManagedThreadId;
            SetSynchronizationContext(this);
            worker.TakePosted();
        }

        public override void Post(SendOrPostCallback d, object? state)
        {
            if (_stretchOf != Environment.CurrentManagedThreadId || _isRunning || !worker._inbox.IsEmpty)
            {
                worker.Post(new Posted(d, state));
                return;
            }

            _isRunning = true;
            d(state);
            _isRunning = false;
        }

        public override void OperationCompleted()
        {
            if (_stretchOf != Environment.CurrentManagedThreadId)
                return;
            worker.SendTogether();
            worker.TakePosted();
            SetSynchronizationContext(null);
            _stretchOf = Nobody;
            worker.EndTurn();
            if (!worker._inbox.IsEmpty || worker._held.Due < Volatile.Read(ref worker._sleepsUntil))
                worker.Wake();
        }

        public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

        public override SynchronizationContext CreateCopy() => this;
    }
}
