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
    private bool _isBehind;
    private int _isInDoubt;

    /// <summary>A new connection: what was under way is tried again, and the log may be another one.</summary>
    private ValueTask OnConnectedAsync(object? sender, NatsEventArgs? args)
    {
        foreach (var partition in Held())
            partition.Outputs.TryAgain();
        Interlocked.Exchange(ref _isInDoubt, 1);
        Wake();
        return ValueTask.CompletedTask;
    }

    /// <summary>After each reconnect: a server that has come back empty would never say a word of its own accord.</summary>
    private async Task CheckLogAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isInDoubt, 0) == 0)
            return;
        var isSame = false;
        if (!await TryAsync(async () => isSame = await IsSameLogAsync(await _input.EndsAsync(cancellationToken), cancellationToken), cancellationToken))
            Interlocked.Exchange(ref _isInDoubt, 1);
        else if (!isSame)
            await _reading.CancelAsync();
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
            return;
        lock (_gate)
        {
            // Another log than before: what is in hand speaks of sequences that are gone.
            foreach (var partition in _owned)
                Drop(partition);
            (_logCreatedNs, _readerAt, _readerNs, _isBehind) = (ends.CreatedNs, ends.Last, ends.LastNs, false);
        }

        _heads.Clear();
        await Interlocked.Exchange(ref _watching, new CancellationTokenSource()).CancelAsync();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            _reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await ReadOnceAsync(_reading.Token, cancellationToken);
            await PauseAsync(_reading.IsCancellationRequested ? TimeSpan.Zero : RetryAfter, cancellationToken);
            if (!await TryAsync(() => OpenLogAsync(cancellationToken), cancellationToken))
                await PauseAsync(RetryAfter, cancellationToken);
        }
    }

    private async Task ReadOnceAsync(CancellationToken reading, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in ConsumeAsync(_readerAt + 1, reading))
                Dispatch(message);
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
            (partition, head) =>
            {
                _heads.Changed(partition, head);
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
