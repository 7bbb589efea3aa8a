using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

public partial class NatsConnection
{
    private const string InboxAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>62^22 inboxes: nobody guesses or meets one by chance.</summary>
    private const int InboxLength = 22;

    public string NewInbox() => $"{Opts.InboxPrefix}.{RandomNumberGenerator.GetString(InboxAlphabet, InboxLength)}";

    /// <summary>Subscribes when it is enumerated, and unsubscribes when the enumeration ends.</summary>
    public async IAsyncEnumerable<NatsMsg<T>> SubscribeAsync<T>(string subject, string? queueGroup = null, INatsDeserialize<T>? serializer = null, NatsSubOpts? opts = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var subscription = await SubscribeCoreAsync(subject, queueGroup, serializer, opts, cancellationToken).ConfigureAwait(false);

        // Cancellation ends the subscription; what it has already received is still delivered.
        while (await subscription.Msgs.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            while (subscription.Msgs.TryRead(out var message))
                yield return message;
        }
    }

    /// <summary>Subscribes at once; the token ends the subscription.</summary>
    public async ValueTask<INatsSub<T>> SubscribeCoreAsync<T>(string subject, string? queueGroup = null, INatsDeserialize<T>? serializer = null, NatsSubOpts? opts = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ClientCommands.CheckSubject(subject);
        if (queueGroup is not null)
            ClientCommands.CheckSubject(queueGroup);
        await EnsureOpenAsync(cancellationToken).ConfigureAwait(false);
        var subscription = new NatsSubscription<T>(this, subject, queueGroup, serializer, opts, cancellationToken);
        Add(subscription);
        return subscription;
    }

    /// <summary>Takes a subscription off the server, and lets its readers have what they have not read yet.</summary>
    internal void EndSubscription(NatsSubBase subscription, bool alreadyAtServer = false)
    {
        // Ended first: one that is just being added either sees that or is found in the table.
        if (!subscription.End())
            return;
        _writer.Change((_subscriptions, subscription, alreadyAtServer), static s =>
            s._subscriptions.Remove(s.subscription) && !s.alreadyAtServer ? ClientCommands.Unsubscribe(s.subscription.Sid) : null);
    }

    /// <summary>Counts dropped messages; the events follow on their own time.</summary>
    internal void OnDropped(NatsSubBase subscription, int dropped, int pending, in RawMessage message, bool beginsEpisode)
    {
        if (beginsEpisode)
        {
            if (!Opts.SuppressSlowConsumerWarnings)
                _log.SlowConsumer(subscription.Subject);
            _events.Raise(SlowConsumerDetected, this, new NatsSlowConsumerEventArgs(subscription));
        }

        if (MessageDropped is null || Interlocked.Add(ref subscription.UnreportedDrops, dropped) != dropped)
            return;
        var subject = Encoding.UTF8.GetString(message.Subject);
        var reply = message.Reply.IsEmpty ? null : Encoding.UTF8.GetString(message.Reply);
        _events.Post(() => ReportDropsAsync(subscription, pending, subject, reply));
    }

    /// <summary>Raises one event for each message; those dropped while the handlers run go under the first one's subject.</summary>
    private async ValueTask ReportDropsAsync(NatsSubBase subscription, int pending, string subject, string? reply)
    {
        var args = new NatsMessageDroppedEventArgs(subscription, pending, subject, reply, null, null);
        int count;
        while ((count = Volatile.Read(ref subscription.UnreportedDrops)) > 0)
        {
            for (var i = 0; i < count; i++)
                await _events.InvokeAsync(MessageDropped, this, args).ConfigureAwait(false);
            if (Interlocked.Add(ref subscription.UnreportedDrops, -count) == 0)
                return;
        }
    }

    /// <summary>Connects if nobody has yet; a connection that is only waited for is as good as one.</summary>
    private async ValueTask EnsureOpenAsync(CancellationToken cancellationToken)
    {
        if (_state is NatsConnectionState.Open or NatsConnectionState.Reconnecting && !_disposed)
            return;
        await OpenForPublishingAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Add(NatsSubBase subscription)
    {
        _writer.Change((_subscriptions, subscription), static s =>
        {
            if (s.subscription.HasEnded)
                return null;
            s._subscriptions.Add(s.subscription);
            var commands = new List<byte>();
            s.subscription.AppendCommands(commands.AddRange);
            return [.. commands];
        });
    }
}
