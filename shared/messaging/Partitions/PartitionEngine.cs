using System.Collections.Immutable;
using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.Contracts;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Messaging.Partitions;

/// <summary>What the engine tells its host; none of it may wait.</summary>
/// <param name="Stored">An output that the log has, and how long that took.</param>
/// <param name="Rejected">An input that a worker refused, with the stream and the reason.</param>
/// <param name="Troubled">Something failed and is tried again, a sentence.</param>
public sealed record EngineReports(Action<SignalEvent, TimeSpan> Stored, Action<StreamId, Rejection> Rejected, Action<string> Troubled)
{
    /// <summary>Something that somebody must put right, a sentence that says what.</summary>
    public Action<string> Alarmed { get; init; } = _ => { };

    /// <summary>A checkpoint was written, and how long that took, its outputs included.</summary>
    public Action<TimeSpan> Saved { get; init; } = _ => { };

    /// <summary>A partition was gained, and how long that took.</summary>
    public Action<Gain> Gained { get; init; } = _ => { };
}

/// <summary>The steps of a partition's coming into this replica's hands, one after the other.</summary>
/// <param name="Waited">From its falling to this replica to the beginning of the claim that succeeded.</param>
/// <param name="Claimed">Until its state was read and the claim was written.</param>
/// <param name="CaughtUp">Until it had met the reader.</param>
public readonly record struct Gain(TimeSpan Waited, TimeSpan Claimed, TimeSpan CaughtUp);

/// <summary>Works on the partitions that fall to this replica: reads the log, keeps the state, stores each output exactly once.</summary>
/// <remarks>
/// docs/EXACTLY-ONCE.md has the argument. One ordered reader for all partitions, which keeps the last messages; a partition just
/// gained is fed from them until it meets the reader. Places and changes of hands are under one lock, which nobody holds for long;
/// each partition's workers are under its own. This part is a message's way; the others are reading, ownership, catching up,
/// checkpoints, hangs, and what owners put into the log.
/// </remarks>
public sealed partial class PartitionEngine : IDisposable
{
    /// <summary>Some 300 bytes each. With more streams than that on one log their subjects are read again and again.</summary>
    private const int MostRoutes = 100_000;

    private readonly Lock _gate = new();
    private readonly OwnedPartition?[] _owned = new OwnedPartition?[Partition.Count];
    private readonly RouteTable _routes;
    private readonly RecentMessages _recent;
    private readonly IReadOnlyDictionary<SignalType, OutputLog> _outputs;
    private readonly INatsConnection _connection;
    private readonly NatsJSContext _jetStream;
    private readonly CheckpointStore _checkpoints;
    private readonly HeadsView _heads;
    private readonly RulesView _rules;
    private readonly LogLookup _input;
    private readonly Capability _capability;
    private readonly Membership _membership;
    private readonly EngineReports _reports;
    private readonly TimeProvider _time;
    private readonly string _instance;
    private readonly string _log;
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts with nothing.</summary>
    /// <param name="connection">To the server with the logs.</param>
    /// <param name="capability">What is done with which streams.</param>
    /// <param name="membership">Says which partitions fall to this replica.</param>
    /// <param name="instance">This replica.</param>
    /// <param name="reports">Told what happens.</param>
    /// <param name="time">For waits; decides nothing.</param>
    /// <param name="recentBytes">What the last messages of the log may take in memory; 0: each partition gained is fed from the log.</param>
    public PartitionEngine(
        INatsConnection connection,
        Capability capability,
        Membership membership,
        string instance,
        EngineReports reports,
        TimeProvider time,
        long recentBytes = 32 << 20)
    {
        _recent = new RecentMessages(recentBytes);
        _routes = new RouteTable(MostRoutes, RouteOf);
        (_connection, _capability, _membership, _instance, _reports, _time) = (connection, capability, membership, instance, reports, time);
        _log = LogDefinitions.NameOf(capability.Input);
        _jetStream = EngineContext.Of(connection);
        _checkpoints = new CheckpointStore(connection, capability, time);
        _heads = new HeadsView(time);
        _rules = new RulesView(connection, capability);
        _input = new LogLookup(connection, _log);
        _outputs = capability.Outputs.ToDictionary(type => type, type => new OutputLog(connection, type, capability.Lane));
    }

    /// <summary>What is done with which streams.</summary>
    public Capability Capability => _capability;

    /// <summary>What has been done so far.</summary>
    public PartitionCounters Counters { get; } = new();

    /// <summary>Partitions in this replica's hands, claimed by checkpoint.</summary>
    public int Owned => _owned.Count(p => p is not null);

    /// <summary>Of these, the ones that have met the reader.</summary>
    public int Live => _owned.Count(p => p is { IsLive: true });

    /// <summary>Which these are, ascending.</summary>
    public IReadOnlyList<int> LivePartitions => [.. _owned.Where(p => p is { IsLive: true }).Select(p => p!.Number)];

    /// <summary>Streams that are worked on.</summary>
    public int Streams
    {
        get
        {
            lock (_gate)
                return _owned.Sum(p => p?.Streams ?? 0);
        }
    }

    /// <summary>Subjects of the log whose way is remembered, and how many have been forgotten so far, since there were too many.</summary>
    public (int Known, long Forgotten) Routes
    {
        get
        {
            lock (_gate)
                return (_routes.Count, _routes.Forgotten);
        }
    }

    /// <summary>How far the work is behind the log, s: 0 once the log's last message has been worked on.</summary>
    public double LagSeconds
    {
        get
        {
            lock (_gate)
            {
                var reader = _isBehind ? EventTime.Of(_time.GetUtcNow()) - _readerNs : 0;
                var catchUp = _owned.Where(p => p is { IsLive: false, PositionNs: > 0 }).Select(p => _readerNs - p!.PositionNs).DefaultIfEmpty().Max();
                return Math.Max(0, (reader + catchUp) / 1e9);
            }
        }
    }

    /// <summary>How old the oldest checkpoint of the partitions in hand is, s.</summary>
    public double CheckpointAgeSeconds => Held()
        .Select(p => _time.GetElapsedTime(Math.Max(p.SavedAt, p.ClaimedAt)).TotalSeconds).DefaultIfEmpty().Max();

    /// <summary>Works until cancelled; then everything is stored, checkpointed and released.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await OpenLogAsync(cancellationToken);
        _membership.OwnedChanged += OnMembers;
        _connection.ConnectionOpened += OnConnectedAsync;
        try
        {
            await WorkAsync(cancellationToken);
        }
        finally
        {
            _membership.OwnedChanged -= OnMembers;
            _connection.ConnectionOpened -= OnConnectedAsync;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reading.Dispose();
        _watching.Dispose();
    }

    /// <summary>All parts together: where one fails the others end too, so that none seems to work alone.</summary>
    /// <remarks>Who leaves reads on until everything is released: each partition pauses only while it is handed over itself.</remarks>
    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stop = new CancellationTokenSource();
        Task[] owning = [ManageAsync(leave.Token), CheckpointAsync(leave.Token), TickAsync(leave.Token), SettleAsync(leave.Token)];
        Task[] reading = [ReadAsync(stop.Token), WatchHeadsAsync(stop.Token), WatchRulesAsync(stop.Token), GuardAsync(stop.Token)];
        try
        {
            await Task.WhenAny([.. owning, .. reading]);
            await leave.CancelAsync();
            if (cancellationToken.IsCancellationRequested)
                await ReleaseAllAsync();
            await Task.WhenAll(owning);
        }
        finally
        {
            await stop.CancelAsync();
            await EndedAsync(Task.WhenAll(reading));
        }
    }

    /// <summary>Who feeds a worker that hangs does not end: it is not waited for.</summary>
    private async Task EndedAsync(Task reading)
    {
        using var patience = new CancellationTokenSource(GuardEvery * LooksUntilHung, _time);
        await Task.WhenAny(reading, Task.Delay(Timeout.InfiniteTimeSpan, _time, patience.Token));
        if (reading.IsCompleted)
            await reading;
        else
            _reports.Troubled($"{_capability.FullName} ends while a worker hangs.");
    }

    private void OnMembers(ImmutableHashSet<int> owned) => Wake();

    private void Wake() =>
        Interlocked.Exchange(ref _wake, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>The way of one message from the reader: to what is kept, and to its partition, if that is ours and has met the reader.</summary>
    private void Dispatch(Feeder reader, INatsJSMsg<byte[]> message)
    {
        if (message.Metadata is not { } place)
            return;
        var logged = new LogMessage(place.Sequence.Stream, EventTime.Of(place.Timestamp), message.Data);
        Route route;
        OwnedPartition? partition;
        lock (_gate)
        {
            if (reader.IsStale)
                return;
            (_workedAt, _workedNs) = (_readerAt, _readerNs);
            (_readerAt, _readerNs, _isBehind) = (logged.Sequence, logged.StoredNs, place.NumPending > 0);
            route = _routes.Of(message.Subject);
            if (route.Partition < 0)
                return;
            _recent.Add(route, logged);
            partition = _owned[route.Partition];
            if (partition is null && !route.IsControl)
                _heads.Moved(route.Partition, logged.Sequence);
            if (partition is not { IsLive: true })
                return;
        }

        Process(reader, partition, route, logged);
    }

    private void Process(Feeder feeder, OwnedPartition partition, Route route, in LogMessage message)
    {
        feeder.Enter(partition, message.Sequence);
        try
        {
            lock (partition.Gate)
            {
                // Its last checkpoint is being made, or it is somebody else's: what comes now is the next owner's.
                if (partition.IsLeaving || partition.IsOver)
                    return;
                if (route.IsControl)
                    Control(partition, message);
                else if (partition.Process(route.Stream, message) is { } rejection)
                    Reject(route.Stream, message, rejection);
            }
        }
        catch (WorkerFailedException failure)
        {
            GiveUp(partition, message.Sequence, failure);
        }
        finally
        {
            feeder.Leave();
        }
    }

    /// <summary>The worker's state is in doubt, so the partition starts again from its checkpoint.</summary>
    private void GiveUp(OwnedPartition partition, ulong sequence, WorkerFailedException failure)
    {
        lock (_gate)
        {
            if (_owned[partition.Number] != partition)
                return;
            Drop(partition);
            NoteFailure(partition.Number, sequence, failure.Stream, failure.Message);
        }
    }

    private static void Control(OwnedPartition partition, in LogMessage message)
    {
        if (ControlCodec.TryDecode(message.Data.Span, out var record))
            partition.Control(record, message.Sequence, message.StoredNs);
    }

    private void Reject(StreamId stream, LogMessage message, Rejection rejection)
    {
        _reports.Rejected(stream, rejection);
        _ = KeepRejectedAsync(stream, message, rejection);
    }

    /// <summary>Puts a refused input beside its reason into the log of refused ones; it is not worth more than one try.</summary>
    private async Task KeepRejectedAsync(StreamId stream, LogMessage message, Rejection rejection)
    {
        var options = new NatsJSPubOpts { MsgId = $"{_log}/{message.Sequence}" };
        var headers = new NatsHeaders { ["Reason"] = $"{rejection.Word}: {rejection.Text}" };
        await TryAsync(
            async () => await _jetStream.PublishAsync(Subjects.Rejected(stream), message.Data, opts: options, headers: headers),
            CancellationToken.None);
    }

    private void Drop(OwnedPartition? partition)
    {
        if (partition is null || _owned[partition.Number] != partition)
            return;
        _owned[partition.Number] = null;
        partition.Dispose();
    }

    /// <summary>Nowhere where they concern nobody, as on a partition that is not the stream's own.</summary>
    private Route RouteOf(string subject)
    {
        if (Subjects.TryParseControl(subject, _capability.Input, out var controlled))
            return new Route(controlled, default, true);
        var isOurs = Subjects.TryParseStream(subject, out var stream) && _capability.Takes(stream) && Subjects.Of(_capability.Input, stream) == subject;
        return new Route(isOurs ? Partition.Of(stream) : -1, stream, false);
    }

    private List<OwnedPartition> Held()
    {
        lock (_gate)
            return [.. _owned.OfType<OwnedPartition>()];
    }

    private bool IsHeld(OwnedPartition partition)
    {
        lock (_gate)
            return _owned[partition.Number] == partition;
    }

    private async Task<bool> TryAsync(Func<Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action();
            return true;
        }
        catch (Exception exception) when (OutputLog.IsPassing(exception, cancellationToken))
        {
            _reports.Troubled(exception.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop.
        }

        return false;
    }

    private static async ValueTask<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken) =>
        Task.Delay(pause, _time, cancellationToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
