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
    /// <summary>A checkpoint was written, and how long that took, its outputs included.</summary>
    public Action<TimeSpan> Saved { get; init; } = _ => { };
}

/// <summary>Works on the partitions that fall to this replica: reads the log, keeps the state, stores each output exactly once.</summary>
/// <remarks>
/// docs/EXACTLY-ONCE.md has the argument. One ordered reader for all partitions; a partition just gained is fed by a catch-up from
/// its checkpoint until that meets the reader. Dispatch, snapshots and changes of hands happen under one lock. This part is a
/// message's way; the others are reading, ownership, catching up, checkpoints, and what owners put into the log.
/// </remarks>
public sealed partial class PartitionEngine : IDisposable
{
    private readonly Lock _gate = new();
    private readonly OwnedPartition?[] _owned = new OwnedPartition?[Partition.Count];
    private readonly Dictionary<string, Route> _routes = [];
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
    public PartitionEngine(
        INatsConnection connection, Capability capability, Membership membership, string instance, EngineReports reports, TimeProvider time)
    {
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
            await ReleaseAllAsync();
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
    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] parts =
        [
            ReadAsync(stop.Token), WatchHeadsAsync(stop.Token), WatchRulesAsync(stop.Token), ManageAsync(stop.Token),
            CheckpointAsync(stop.Token), TickAsync(stop.Token), SettleAsync(stop.Token),
        ];
        await Task.WhenAny(parts);
        await stop.CancelAsync();
        await Task.WhenAll(parts);
    }

    private void OnMembers(ImmutableHashSet<int> owned) => Wake();

    private void Wake() =>
        Interlocked.Exchange(ref _wake, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>The way of one message from the reader: to its partition, if that is ours and has met the reader.</summary>
    private void Dispatch(INatsJSMsg<byte[]> message)
    {
        if (message.Metadata is not { } place)
            return;
        lock (_gate)
        {
            (_readerAt, _readerNs, _isBehind) = (place.Sequence.Stream, EventTime.Of(place.Timestamp), place.NumPending > 0);
            var route = RouteOf(message.Subject);
            if (route.Partition < 0)
                return;
            if (_owned[route.Partition] is { IsLive: true } partition)
                Process(partition, route, new LogMessage(_readerAt, _readerNs, message.Data));
            else if (_owned[route.Partition] is null && _capability.Takes(route.Stream))
                _heads.Moved(route.Partition);
        }
    }

    private void Process(OwnedPartition partition, in Route route, in LogMessage message)
    {
        try
        {
            if (route.IsControl)
                Control(partition, message);
            else if (partition.Process(route.Stream, message) is { } rejection)
                Reject(route.Stream, message, rejection);
        }
        catch (WorkerFailedException failure)
        {
            // The worker's state is in doubt, so the partition starts again from its checkpoint.
            Drop(partition);
            NoteFailure(partition.Number, message.Sequence, failure);
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

    /// <summary>Where a subject's messages go; -1 where they concern nobody, as on a partition that is not the stream's own.</summary>
    private Route RouteOf(string subject)
    {
        if (_routes.TryGetValue(subject, out var known))
            return known;
        if (Subjects.TryParseControl(subject, _capability.Input, out var controlled))
            return _routes[subject] = new Route(controlled, default, true);
        var isOurs = Subjects.TryParseStream(subject, out var stream) && Subjects.Of(_capability.Input, stream) == subject;
        return _routes[subject] = new Route(isOurs ? Partition.Of(stream) : -1, stream, false);
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

    private readonly record struct Route(int Partition, StreamId Stream, bool IsControl);
}
