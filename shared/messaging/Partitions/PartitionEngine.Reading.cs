using System.Runtime.CompilerServices;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace SignalStream.Messaging.Partitions;

/// <summary>The one reader of the log, and whether it is still the same log.</summary>
public sealed partial class PartitionEngine
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private static readonly NatsJSConsumeOpts Attentive = new()
    {
        MaxMsgs = 5000,
        Expires = TimeSpan.FromSeconds(10),
        IdleHeartbeat = TimeSpan.FromSeconds(1),
    };

    private CancellationTokenSource _reading = new();
    private CancellationTokenSource _watching = new();
    private long _logCreatedNs;
    private ulong _readerAt;
    private long _readerNs;

    // Everything in the log up to here has been worked on by the partitions that have met the reader: what it has in hand lies behind.
    private ulong _workedAt;
    private long _workedNs;
    private long _connectedAt;
    private int _logNumber;
    private bool _isBehind;
    private int _isInDoubt;
    private bool _isAnother;

    /// <summary>A new connection: what was under way is tried again, and the log may be another one.</summary>
    private ValueTask OnConnectedAsync(object? sender, NatsEventArgs? args)
    {
        Volatile.Write(ref _connectedAt, _time.GetTimestamp());
        foreach (var partition in Held())
            partition.Outputs.TryAgain();
        Interlocked.Exchange(ref _isInDoubt, 1);
        Wake();
        return ValueTask.CompletedTask;
    }

    /// <summary>After each reconnect: a server that has come back empty would never say a word of its own accord.</summary>
    /// <returns>Whether the log is the one that is read.</returns>
    private async Task<bool> CheckLogAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isInDoubt, 0) == 0)
            return !Volatile.Read(ref _isAnother);
        var isSame = false;
        if (!await TryAsync(async () => isSame = await IsSameLogAsync(await _input.EndsAsync(cancellationToken), cancellationToken), cancellationToken))
        {
            Interlocked.Exchange(ref _isInDoubt, 1);
            return false;
        }

        Volatile.Write(ref _isAnother, !isSame);
        if (!isSame)
            await _reading.CancelAsync();
        return isSame;
    }

    private Task<bool> IsSameLogAsync(LogEnds ends, CancellationToken cancellationToken)
    {
        ulong at;
        long ns;
        lock (_gate)
            (at, ns) = (_readerAt, _readerNs);
        return at == 0 && ends.Last > 0 && _logCreatedNs != ends.CreatedNs
            ? Task.FromResult(false)
            : _input.HadAsync(at, ns, _logCreatedNs, ends, cancellationToken);
    }

    private async Task OpenLogAsync(CancellationToken cancellationToken)
    {
        var ends = await _input.EndsAsync(cancellationToken);
        if (_logCreatedNs != 0 && await IsSameLogAsync(ends, cancellationToken))
        {
            Volatile.Write(ref _isAnother, false);
            return;
        }

        lock (_gate)
        {
            // Another log than before: what is in hand speaks of sequences that are gone.
            foreach (var partition in _owned)
                Drop(partition);
            (_logCreatedNs, _readerAt, _readerNs, _isBehind) = (ends.CreatedNs, ends.Last, ends.LastNs, false);
            (_workedAt, _workedNs) = (_readerAt, _readerNs);
            _recent.Clear(ends.Last);
            _logNumber++;
            _isAnother = false;
        }

        _heads.Clear();
        await Interlocked.Exchange(ref _watching, new CancellationTokenSource()).CancelAsync();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            _reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var (reader, token) = (NewFeeder(), _reading.Token);
            var reading = Task.Run(() => ReadOnceAsync(reader, token, cancellationToken), CancellationToken.None);
            await await Task.WhenAny(reading, reader.Abandoned);
            Forget(reader);
            if (reader.IsStale)
            {
                // It ends when the worker comes back, if that ever does.
                _ = _reading.CancelAsync();
                continue;
            }

            await PauseAsync(token.IsCancellationRequested ? TimeSpan.Zero : RetryAfter, cancellationToken);
            if (!await TryAsync(() => OpenLogAsync(cancellationToken), cancellationToken))
                await PauseAsync(RetryAfter, cancellationToken);
        }
    }

    private async Task ReadOnceAsync(Feeder reader, CancellationToken reading, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in ConsumeAsync(ReaderAt + 1, reading))
            {
                Dispatch(reader, message);
                if (reader.IsStale)
                    return;
            }
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested)
        {
            // Told to stop, or to look at the log again.
        }
        catch (Exception exception) when (OutputLog.IsPassing(exception, cancellationToken))
        {
            _reports.Troubled($"Reading {_log} was interrupted: {exception.Message}");
        }
    }

    private ulong ReaderAt
    {
        get
        {
            lock (_gate)
                return _readerAt;
        }
    }

    private async IAsyncEnumerable<INatsJSMsg<byte[]>> ConsumeAsync(ulong from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = from };
        var consumer = await _jetStream.CreateOrderedConsumerAsync(_log, options, cancellationToken);
        await foreach (var message in consumer.ConsumeAsync<byte[]>(opts: Attentive, cancellationToken: cancellationToken))
            yield return message;
    }

    private Task WatchHeadsAsync(CancellationToken cancellationToken) => WatchAsync(
        "checkpoints",
        stop => _checkpoints.WatchAsync(
            (partition, head, isNews) =>
            {
                _heads.Changed(partition, head, isNews);
                if (head.Checkpoint.Released)
                    Wake();
            },
            stop),
        cancellationToken);

    private Task WatchRulesAsync(CancellationToken cancellationToken) =>
        WatchAsync("settings", stop => _rules.WatchAsync(WakeSettling, _reports.Troubled, stop), cancellationToken);

    private async Task WatchAsync(string what, Func<CancellationToken, Task> watch, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _watching.Token);
            try
            {
                await watch(watching.Token);
            }
            catch (OperationCanceledException) when (watching.IsCancellationRequested)
            {
                continue;
            }
            catch (Exception exception) when (OutputLog.IsPassing(exception, cancellationToken))
            {
                _reports.Troubled($"Watching the {what} was interrupted: {exception.Message}");
            }

            await PauseAsync(RetryAfter, cancellationToken);
        }
    }
}
