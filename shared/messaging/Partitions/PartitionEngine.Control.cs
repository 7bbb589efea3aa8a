using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.Contracts;
using SignalStream.Messaging.Codec;

namespace SignalStream.Messaging.Partitions;

/// <summary>What the owner of a partition puts into its log besides the input: ticks, settings, and what is passed over.</summary>
public sealed partial class PartitionEngine
{
    private const string MessageId = "Nats-Msg-Id";
    private const int Turns = 32;
    private const int MostFailures = 3;
    private const int MostFailuresKept = 10_000;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SettleEvery = TimeSpan.FromSeconds(1);

    /// <summary>A record takes a moment from the log to the partition: until then it is not told again.</summary>
    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(int Partition, ulong Sequence, StreamId Stream), int> _failures = [];
    private readonly Dictionary<string, long> _told = [];
    private TaskCompletionSource _settle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A tick a second for each partition that has streams, not all at once; one that is lost on the way is not missed.</summary>
    private async Task TickAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TickEvery / Turns, _time);
        for (var turn = 0; await WaitAsync(timer, cancellationToken); turn++)
        {
            var second = _time.GetUtcNow().ToUnixTimeSeconds();
            foreach (var partition in InTurn(turn).Where(p => p is { IsLive: true, Streams: > 0 }))
            {
                await TryAsync(
                    () => _connection.PublishAsync(
                        Subjects.Control(_capability.Input, partition.Number),
                        ControlCodec.Encode(new TickRecord(second)),
                        new NatsHeaders { [MessageId] = TickRecord.IdOf(partition.Number, second) },
                        cancellationToken: cancellationToken).AsTask(),
                    cancellationToken);
            }
        }
    }

    /// <summary>Of what is due once a second, so much at a time: all at once would keep the reader waiting.</summary>
    private IEnumerable<OwnedPartition> InTurn(int turn) => Held().Where(p => p.Number % Turns == turn % Turns);

    private void WakeSettling() =>
        Interlocked.Exchange(ref _settle, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Copies the settings that the logs of the partitions in hand lack.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var changed = Volatile.Read(ref _settle).Task;
            var version = _rules.Version;
            if (_rules.Rules is { } rules)
            {
                foreach (var partition in Held().Where(p => p.IsLive && !p.IsSettled(version)))
                    await TryAsync(() => SettleAsync(partition, rules, version, cancellationToken), cancellationToken);
            }

            await Task.WhenAny(changed, PauseAsync(SettleEvery, cancellationToken));
        }
    }

    private async Task SettleAsync(OwnedPartition partition, IReadOnlyDictionary<string, SettingRecord> rules, long version, CancellationToken cancellationToken)
    {
        List<SettingRecord> lacking = [], gone = [];
        var withLists = partition.Streams > 0;
        if (!TryWith(partition, () => (lacking, gone) = partition.Compare(rules)))
            return;
        foreach (var record in lacking)
            await TellAsync(partition.Number, record, cancellationToken);
        foreach (var known in gone)
        {
            // The bucket was made anew, perhaps. Only the bucket itself can say that it has no such key.
            if (await _rules.IsAbsentAsync(known.Key, cancellationToken))
                await TellAsync(partition.Number, known with { Value = default, SetNs = known.SetNs + 1 }, cancellationToken);
        }

        if (lacking.Count == 0 && gone.Count == 0)
            partition.Settled(version, withLists);
    }

    private async Task TellAsync(int partition, SettingRecord record, CancellationToken cancellationToken)
    {
        var id = record.IdIn(partition);
        foreach (var (old, _) in _told.Where(t => _time.GetElapsedTime(t.Value) > TellAgainAfter).ToList())
            _told.Remove(old);
        if (!_told.TryAdd(id, _time.GetTimestamp()))
            return;
        if (await StoreAsync(Subjects.Control(_capability.Input, partition), record, id, cancellationToken))
            Counters.CountSetting();
        else
            _told.Remove(id);
    }

    /// <summary>Three times at one message: the log says from then on that the stream's worker passes it over.</summary>
    private void NoteFailure(int partition, ulong sequence, StreamId stream, string reason)
    {
        Counters.CountFailed();
        _reports.Troubled($"{_capability.FullName} failed at {_log} {sequence}, {stream}: {reason}");
        NotBefore(partition, AfterFailure);
        var key = (partition, sequence, stream);
        if (_failures.Count > MostFailuresKept)
            _failures.Clear();
        var failures = _failures[key] = _failures.GetValueOrDefault(key) + 1;
        if (failures >= MostFailures)
            _ = SkipAsync(partition, new SkipRecord(_capability.FullName, sequence, stream, reason));
    }

    /// <summary>Where it does not come to the log, the next failure at that message tries again.</summary>
    private async Task SkipAsync(int partition, SkipRecord record)
    {
        await TryAsync(
            async () =>
            {
                if (!await StoreAsync(Subjects.Skips(_capability.Input, partition), record, record.IdIn(partition), CancellationToken.None))
                    return;
                Counters.CountSkipped();
                lock (_gate)
                    _failures.Remove((partition, record.Sequence, record.Stream));
            },
            CancellationToken.None);
    }

    private async Task<bool> StoreAsync(string subject, ControlRecord record, string id, CancellationToken cancellationToken)
    {
        var options = new NatsJSPubOpts { MsgId = id };
        return (await _jetStream.PublishAsync(subject, ControlCodec.Encode(record), opts: options, cancellationToken: cancellationToken)).Error is null;
    }
}
