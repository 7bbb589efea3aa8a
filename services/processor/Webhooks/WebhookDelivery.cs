using System.Threading.Channels;
using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Partitions;

namespace SignalStream.Processor.Webhooks;

/// <summary>Takes the alerts from their log to one receiver, by the replica that owns the receiver's partition, each at least once.</summary>
/// <remarks>
/// What was delivered is remembered in the bucket <c>state</c> after it was taken: whoever goes on sends again what lay between. The
/// alerts of one receiver go out in the log's order, one request at a time; receivers know nothing of each other.
/// </remarks>
internal sealed class WebhookDelivery(
    ReceiverOptions receiver,
    string externalUrl,
    INatsConnection connection,
    EventLog events,
    CatalogView catalog,
    Membership membership,
    NatsReadiness nats,
    WebhookMetrics metrics,
    TimeProvider time,
    ILogger<WebhookDelivery> log) : BackgroundService
{
    private const int MostInHand = 1000;
    private const int MostInBatch = 100;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Alerts that are not this receiver's move its place on too, but nothing is lost when they are read again.</summary>
    private static readonly TimeSpan MoveEvery = TimeSpan.FromSeconds(5);

    /// <summary>The catalog says where a stream is and whether it is simulated; alerts do not wait longer for it.</summary>
    private static readonly TimeSpan CatalogWithin = TimeSpan.FromSeconds(5);

    private readonly int _partition = Partition.Of(new StreamId("webhook", receiver.Name));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var post = new WebhookPost(receiver, metrics, time, log);
        try
        {
            await nats.WaitAsync(stoppingToken);
            while (true)
            {
                if (membership.Owns(_partition))
                    await ServeAsync(post, stoppingToken);
                await Task.Delay(LookEvery, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop: what was not taken is the next owner's.
        }
    }

    private async Task ServeAsync(WebhookPost post, CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        void OnMembers(System.Collections.Immutable.ImmutableHashSet<int> owned)
        {
            if (!owned.Contains(_partition))
                stop.Cancel();
        }

        membership.OwnedChanged += OnMembers;
        try
        {
            await WaitForCatalogAsync(stop.Token);
            await DeliverAsync(post, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !stoppingToken.IsCancellationRequested)
        {
            log.ReceiverLeft(receiver.Name);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // Whatever it is: one receiver's trouble is nobody else's, and what it was to have is still in the log.
            log.AlertsInterrupted(receiver.Name, exception.Message);
            await Task.Delay(RetryAfter, time, stoppingToken);
        }
        finally
        {
            membership.OwnedChanged -= OnMembers;
            await stop.CancelAsync();
            metrics.Waits(receiver.Name, default);
        }
    }

    private async Task WaitForCatalogAsync(CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (!catalog.IsLoaded && time.GetElapsedTime(since) < CatalogWithin)
            await Task.Delay(LookEvery, time, cancellationToken);
    }

    /// <summary>Ends when somebody else has moved the place: then another replica serves the receiver.</summary>
    private async Task DeliverAsync(WebhookPost post, CancellationToken cancellationToken)
    {
        var bookmark = new LogBookmark(connection, SignalType.Alert, $"webhook.{receiver.Name}");
        var from = await bookmark.OpenAsync(cancellationToken);
        log.ReceiverServed(receiver.Name, new Uri(receiver.Url).Authority, from);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var read = Channel.CreateBounded<LoggedEvent>(MostInHand);
        var reader = ReadAsync(from, read.Writer, reading.Token);
        try
        {
            var movedAt = time.GetTimestamp();
            while (await read.Reader.WaitToReadAsync(cancellationToken))
            {
                var (wanted, last) = Take(read.Reader);
                if (wanted.Count == 0 && time.GetElapsedTime(movedAt) < MoveEvery)
                    continue;
                await SendAsync(post, wanted, cancellationToken);
                if (!await bookmark.TryMoveAsync(last, cancellationToken))
                    return;
                movedAt = time.GetTimestamp();
            }
        }
        finally
        {
            await reading.CancelAsync();
            await reader;
        }
    }

    private async Task ReadAsync(ulong from, ChannelWriter<LoggedEvent> read, CancellationToken cancellationToken)
    {
        try
        {
            var alerts = events.ReadAfterAsync(
                SignalType.Alert, from, (_, _) => { }, exception => log.AlertsInterrupted(receiver.Name, exception.Message), cancellationToken);
            await foreach (var alert in alerts)
                await read.WriteAsync(alert, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody takes them any more.
        }

        read.TryComplete();
    }

    private (List<LoggedEvent> Wanted, ulong Last) Take(ChannelReader<LoggedEvent> read)
    {
        var wanted = new List<LoggedEvent>();
        ulong last = 0;
        while (wanted.Count < MostInBatch && read.TryRead(out var next))
        {
            last = next.Sequence;
            if (next.Event is AlertEvent alert && receiver.Wants(alert))
                wanted.Add(next);
        }

        return (wanted, last);
    }

    private async Task SendAsync(WebhookPost post, List<LoggedEvent> alerts, CancellationToken cancellationToken)
    {
        if (alerts.Count == 0)
            return;
        metrics.Waits(receiver.Name, alerts[0].Stored);
        foreach (var group in AlertBatch.Groups(alerts))
        {
            var noticed = group.Select(a => NoticedAlert.Of(a, catalog.Find(a.Place.Stream), externalUrl)).ToArray();
            await post.SendAsync(WebhookNotice.Of(receiver.Name, externalUrl, noticed).ToJson(), noticed.Length, cancellationToken);
        }

        metrics.Waits(receiver.Name, default);
    }
}
