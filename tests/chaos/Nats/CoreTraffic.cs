using System.Threading.Channels;
using NATS.Client.Core;
using SignalStream.TestKit;

namespace SignalStream.ChaosTests.Nats;

/// <summary>A publisher and a subscriber of numbered messages without JetStream, each on a connection of its own.</summary>
/// <remarks>
/// A gap opens with a message that is known to have arrived before a fault, and closes with one that was published once the
/// subscription was back at the server: whatever is lost must have been published in between.
/// </remarks>
internal sealed class CoreTraffic : IAsyncDisposable
{
    private const string Subject = "chaos.core";
    private static readonly NatsSubOpts Roomy = new() { ChannelOpts = new() { FullMode = BoundedChannelFullMode.Wait } };

    private readonly Link _publisher;
    private readonly Link _subscriber;
    private readonly List<int> _received = [];
    private readonly List<(int After, int Before)> _gaps = [];
    private readonly CancellationTokenSource _stop = new();
    private volatile int _published;
    private volatile int _last = -1;
    private Task _publishing = Task.CompletedTask;
    private Task _receiving = Task.CompletedTask;
    private (int Publisher, int Subscriber, int After) _open;

    private CoreTraffic(NatsOpts publisher, NatsOpts subscriber)
    {
        _publisher = new Link(publisher);
        _subscriber = new Link(subscriber);
    }

    public NatsConnection Publisher => _publisher.Connection;

    public TimeSpan LongestStall { get; private set; }

    public IReadOnlyList<TimeSpan> Outages => _publisher.Outages;

    public int Published => _published;

    public int LostInGaps => _published - _received.Count;

    public static Task<CoreTraffic> StartAsync(NatsOpts options, int perSecond) => StartAsync(options, options, perSecond);

    public static async Task<CoreTraffic> StartAsync(NatsOpts publisher, NatsOpts subscriber, int perSecond)
    {
        var traffic = new CoreTraffic(publisher, subscriber);
        var subscription = await traffic._subscriber.Connection.SubscribeCoreAsync<int>(Subject, opts: Roomy);
        await traffic._subscriber.Connection.PingAsync();
        await traffic.Publisher.ConnectAsync();
        traffic._receiving = Task.Run(() => traffic.ReceiveAsync(subscription));
        traffic._publishing = Task.Run(() => Pace.RunAsync(perSecond, traffic.PublishAsync, traffic._stop.Token));
        return traffic;
    }

    /// <summary>Waits until so many more have arrived.</summary>
    public Task FlowAsync(int count)
    {
        var goal = _published + count;
        return Eventually.TrueAsync(() => _last >= goal, what: $"message {goal} arrives");
    }

    /// <summary>To be called before what loses messages.</summary>
    public void OpenGap() => _open = (_publisher.Lost, _subscriber.Lost, _last);

    public Task SubscriberLostAsync() => Eventually.TrueAsync(() => _subscriber.Lost > _open.Subscriber, what: "the subscriber notices the loss");

    public Task PublisherFoundAgainAsync() => _publisher.FoundAgainAsync(_open.Publisher);

    /// <summary>Waits until they have lost their connection and found one again.</summary>
    public async Task CloseGapAsync(bool publisherToo = true)
    {
        if (publisherToo)
            await _publisher.FoundAgainAsync(_open.Publisher);
        await _subscriber.FoundAgainAsync(_open.Subscriber);

        // One may just be on its way out and not be counted yet.
        _gaps.Add((_open.After, _published + 1));
    }

    /// <summary>Publishes no more, and waits for what is on the way.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _publishing;
        await Publisher.PingAsync();
        await Eventually.TrueAsync(() => _last == _published - 1, what: "the last message arrives");
    }

    /// <summary>Each message at most once, in order, and none missing outside of the gaps.</summary>
    public void AssertLostOnlyInGaps()
    {
        Assert.True(_received.Zip(_received.Skip(1)).All(pair => pair.First < pair.Second), "Messages came twice, or not in order.");
        var lost = Enumerable.Range(0, _published).Except(_received).ToList();
        var outside = lost.Where(number => !_gaps.Exists(gap => gap.After < number && number < gap.Before)).ToList();
        Assert.True(outside.Count == 0, $"Lost outside of the gaps {string.Join(' ', _gaps)}: {string.Join(' ', outside.Take(100))}");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _publishing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _subscriber.DisposeAsync();
        await _receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _publisher.DisposeAsync();
        _stop.Dispose();
    }

    private async Task PublishAsync(int number)
    {
        var start = TimeProvider.System.GetTimestamp();
        await Publisher.PublishAsync(Subject, number);
        var took = TimeProvider.System.GetElapsedTime(start);
        if (took > LongestStall)
            LongestStall = took;
        _published = number + 1;
    }

    private async Task ReceiveAsync(INatsSub<int> subscription)
    {
        await foreach (var message in subscription.Msgs.ReadAllAsync())
        {
            _received.Add(message.Data);
            _last = message.Data;
        }
    }
}
