using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

/// <summary>A subscription, whatever the type of its messages.</summary>
/// <remarks>
/// Its queue holds as many messages as its options say, and with <c>FullMode.Wait</c> 524,288, but never more than 64 MiB of
/// them; what comes beyond is dropped, counted and raised as an event. The connection itself never waits for a subscription.
/// </remarks>
public abstract class NatsSubBase
{
    /// <summary>Dropped messages for which no event has been raised yet.</summary>
    internal int UnreportedDrops;

    private int _ended;

    internal NatsSubBase(string subject, string? queueGroup)
    {
        Subject = subject;
        QueueGroup = queueGroup;
    }

    public string Subject { get; }

    public string? QueueGroup { get; }

    /// <summary>Its number at the server; the table's slot in the low bits.</summary>
    internal int Sid { get; set; }

    /// <summary>Messages that it may still receive; negative for no limit. The reading loop's own once subscribed.</summary>
    internal int Remaining { get; set; } = -1;

    /// <summary>Whether it received something in the stretch that is being read now.</summary>
    internal bool IsTouched { get; set; }

    internal bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Takes a message in; called by the reading loop, which must not wait.</summary>
    internal abstract void Receive(in RawMessage message);

    /// <summary>Everything that had come is parsed: shows it to the readers.</summary>
    /// <returns>Who waits for it, if anybody does.</returns>
    internal virtual IAwaiter? EndOfStretch() => null;

    /// <summary>Nothing will come any more; what is there can still be read.</summary>
    /// <returns>Whether it had not ended before.</returns>
    internal bool End(Exception? error = null)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return false;
        OnEnd(error);
        return true;
    }

    /// <summary>The commands that bring it to a server's knowledge.</summary>
    internal void AppendCommands(Action<byte[]> append)
    {
        append(ClientCommands.Subscribe(Subject, QueueGroup, Sid));
        if (Remaining > 0)
            append(ClientCommands.Unsubscribe(Sid, Remaining));
    }

    private protected abstract void OnEnd(Exception? error);
}
