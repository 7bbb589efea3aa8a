using SignalStream.Messaging;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.Relay.Resume;

/// <summary>Looks into a stream's log for what did not come by the bus: while a connection is made anew, frames pass it by.</summary>
internal sealed class HoleFiller(LogReplay logs, RelayOptions options, TimeProvider time, ILogger<HoleFiller> log) : IDisposable
{
    /// <summary>Producers send a frame that was lost again within so long; then it will not come any more.</summary>
    private static readonly TimeSpan ResentWithin = TimeSpan.FromSeconds(2);

    /// <summary>Clocks differ, and frames may be late.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <summary>After a restart of nats-server every stream may have a hole: so many look into the log at once.</summary>
    private readonly SemaphoreSlim _turns = new(options.ReplayReaders);

    /// <summary>Reads from before the hole on until it is closed, is known not to be in the log, or patience ends.</summary>
    /// <param name="topic">The stream.</param>
    /// <param name="missingSeconds">Length of the hole.</param>
    /// <param name="take">Is given the frames that the log has; what it awaits is on the caller's worker.</param>
    /// <param name="isOpen">Whether something is still missing.</param>
    /// <param name="stop">The feed ends.</param>
    /// <returns>Whether nothing is missing any more.</returns>
    public async Task<bool> FillAsync(
        StreamTopic topic, double missingSeconds, Action<ReadOnlyMemory<byte>> take, Func<bool> isOpen, CancellationToken stop)
    {
        try
        {
            await _turns.WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        // Not before: after a restart there may be more holes than turns, and what comes meanwhile waits.
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(options.HealSeconds), time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop, end.Token);
        try
        {
            await ReadAsync(topic, missingSeconds, take, isOpen, patience.Token);
        }
        finally
        {
            _turns.Release();
        }

        return !isOpen();
    }

    public void Dispose() => _turns.Dispose();

    private async Task ReadAsync(
        StreamTopic topic, double missingSeconds, Action<ReadOnlyMemory<byte>> take, Func<bool> isOpen, CancellationToken patience)
    {
        var speed = Math.Min(1, topic.Entry?.Speed ?? 1);
        var began = time.GetTimestamp();
        var start = new LogStart(0, time.GetUtcNow() - TimeSpan.FromSeconds(missingSeconds / (speed > 0 ? speed : 1)) - Margin);
        await foreach (var logged in logs.ReadAsync(SignalType.Wave, topic.Stream, start, Tell, patience))
        {
            if (logged.Bytes.Length > 0)
                take(logged.Bytes);
            if (!isOpen() || (logged.Pending == 0 && time.GetElapsedTime(began) > ResentWithin))
                break;
        }
    }

    private void Tell(Exception exception) => log.LogInterrupted(LogDefinitions.NameOf(SignalType.Wave), exception.Message);
}
