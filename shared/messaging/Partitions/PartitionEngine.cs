using System.Collections.Concurrent;
using System.Collections.Immutable;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.Contracts;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Messaging.Partitions;

/// <summary>What the engine tells its host; none of it may wait.</summary>
/// <param name="Stored">An output that the log has, and how long that took.</param>
/// <param name="Rejected">An input that a worker refused, with the stream and the reason.</param>
/// <param name="Troubled">Something failed and is tried again, a sentence.</param>
public sealed record EngineReports(Action<SignalEvent, TimeSpan> Stored, Action<StreamId, Rejection> Rejected, Action<string> Troubled);

/// <summary>Works on the partitions that fall to this replica: reads the log, keeps the state, stores each output exactly once.</summary>
/// <remarks>
/// docs/EXACTLY-ONCE.md has the argument. One ordered reader for all partitions; a partition just gained is fed by a catch-up from
/// its checkpoint until that meets the reader. Dispatch, snapshots and changes of hands happen under one lock.
/// </remarks>
public sealed partial class PartitionEngine
{
    private const int MostFailures = 3;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly NatsJSConsumeOpts Attentive = new()
    {
        MaxMsgs = 5000,
        Expires = TimeSpan.FromSeconds(10),
        IdleHeartbeat = TimeSpan.FromSeconds(1),
    };

    private readonly Lock _gate = new();
    private readonly OwnedPartition?[] _owned = new OwnedPartition?[Partition.Count];
    private readonly Dictionary<string, Route> _routes = [];
    private readonly ConcurrentDictionary<(int Partition, ulong Sequence), int> _failures = new();
    private readonly NatsJSContext _jetStream;
    private readonly CheckpointStore _checkpoints;
    private readonly IReadOnlyDictionary<SignalType, OutputLog> _outputs;
    private readonly INatsConnection _connection;
    private readonly Capability _capability;
    private readonly Membership _membership;
    private readonly EngineReports _reports;
    private readonly TimeProvider _time;
    private readonly string _instance;
    private readonly string _log;
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _logCreatedNs;
    private ulong _readerAt;
    private long _readerNs;
    private bool _isBehind;

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
        _jetStream = new NatsJSContext(connection);
        _checkpoints = new CheckpointStore(connection, capability);
        _connection = connection;
        _outputs = capability.Outputs.ToDictionary(type => type, type => new OutputLog(connection, type));
        _capability = capability;
        _membership = membership;
        _instance = instance;
        _reports = reports;
        _time = time;
        _log = LogDefinitions.NameOf(capability.Input);
    }

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
    public double LagSeconds => Volatile.Read(ref _isBehind)
        ? Math.Max(0, (EventTime.Of(_time.GetUtcNow()) - Volatile.Read(ref _readerNs)) / 1e9)
        : 0;

    /// <summary>Works until cancelled; then everything is stored, checkpointed and released.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await OpenLogAsync(cancellationToken);
        _membership.OwnedChanged += Wake;
        try
        {
            await WorkAsync(cancellationToken);
            await ReleaseAllAsync();
        }
        finally
        {
            _membership.OwnedChanged -= Wake;
        }
    }

    /// <summary>All parts together: where one fails the others end too, so that none seems to work alone.</summary>
    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] parts = [ReadAsync(stop.Token), ManageAsync(stop.Token), CheckpointAsync(stop.Token), TickAsync(stop.Token)];
        await Task.WhenAny(parts);
        await stop.CancelAsync();
        await Task.WhenAll(parts);
    }

    private void Wake(ImmutableHashSet<int> owned) =>
        Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private async Task OpenLogAsync(CancellationToken cancellationToken)
    {
        var info = (await _jetStream.GetStreamAsync(_log, cancellationToken: cancellationToken)).Info;
        var createdNs = EventTime.Of(info.Created);
        lock (_gate)
        {
            if (createdNs == _logCreatedNs && info.State.LastSeq >= _readerAt)
                return;
            // Another log than before: what is in hand speaks of sequences that are gone.
            foreach (var partition in _owned)
                Drop(partition);
            _logCreatedNs = createdNs;
            _readerAt = info.State.LastSeq;
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var message in ConsumeAsync(_readerAt + 1, cancellationToken))
                    Dispatch(message);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (OutputLog.IsPassing(exception, cancellationToken))
            {
                _reports.Troubled($"Reading {_log} was interrupted: {exception.Message}");
            }

            await Task.Delay(RetryAfter, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await TryAsync(() => OpenLogAsync(cancellationToken), cancellationToken);
        }
    }

    private async IAsyncEnumerable<INatsJSMsg<byte[]>> ConsumeAsync(
        ulong from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = from };
        var consumer = await _jetStream.CreateOrderedConsumerAsync(_log, options, cancellationToken);
        await foreach (var message in consumer.ConsumeAsync<byte[]>(opts: Attentive, cancellationToken: cancellationToken))
            yield return message;
    }

    /// <summary>The way of one message from the reader: to its partition, if that is ours and has met the reader.</summary>
    private void Dispatch(INatsJSMsg<byte[]> message)
    {
        if (message.Metadata is not { } place)
            return;
        lock (_gate)
        {
            _readerAt = place.Sequence.Stream;
            Volatile.Write(ref _readerNs, EventTime.Of(place.Timestamp));
            Volatile.Write(ref _isBehind, place.NumPending > 0);
            var route = RouteOf(message.Subject);
            if (route.Partition >= 0 && _owned[route.Partition] is { IsLive: true } partition)
                Process(partition, route, new LogMessage(place.Sequence.Stream, _readerNs, message.Data));
        }
    }

    private void Process(OwnedPartition partition, in Route route, in LogMessage message)
    {
        var stream = route.Stream;
        var failures = _failures.GetValueOrDefault((partition.Number, message.Sequence));
        if (failures >= MostFailures)
        {
            partition.AdvanceTo(message.Sequence, message.StoredNs);
            return;
        }

        try
        {
            if (route.IsControl)
            {
                Control(partition, message);
                return;
            }

            if (partition.Process(stream, message) is not { } rejection)
                return;
            _reports.Rejected(stream, rejection);
            _ = KeepRejectedAsync(stream, message, rejection);
        }
        catch (Exception exception)
        {
            // A worker's fault: its state is in doubt, so the partition starts again from its checkpoint.
            Counters.CountFailed();
            _failures[(partition.Number, message.Sequence)] = failures + 1;
            _reports.Troubled($"{_capability.Name} failed at {_log} {message.Sequence}, {stream}: {exception.Message}");
            Drop(partition);
        }
    }

    private static void Control(OwnedPartition partition, in LogMessage message)
    {
        if (ControlCodec.TryDecode(message.Data.Span, out var record))
            partition.Control(record, message.Sequence, message.StoredNs);
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

    private readonly record struct Route(int Partition, StreamId Stream, bool IsControl);
}
