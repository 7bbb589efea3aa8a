using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.TestKit;

namespace SignalStream.ChaosTests.Nats;

/// <summary>
/// Numbered messages through a JetStream stream: published with an id until each is acknowledged, read by an ordered consumer,
/// and by a durable one that acknowledges what it has read.
/// </summary>
internal sealed class LogTraffic : IAsyncDisposable
{
    private const string Stream = "CHAOS";
    private const string Subject = "chaos.log";
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(10);

    // The shortest that the server takes: silence is found, and what was not acknowledged comes again, within the test's time.
    private static readonly TimeSpan AckWait = TimeSpan.FromSeconds(1);
    private static readonly NatsJSConsumeOpts Watchful = new()
    {
        Expires = TimeSpan.FromSeconds(1),
        IdleHeartbeat = TimeSpan.FromMilliseconds(250),
    };

    private readonly Link _publisher;
    private readonly Link _reader;
    private readonly Link _worker;
    private readonly CancellationTokenSource _bound = new(Chaos.Bound);
    private readonly CancellationTokenSource _stop;
    private readonly List<int> _read = [];
    private readonly HashSet<int> _worked = [];
    private Task _publishing = Task.CompletedTask;
    private Task _reading = Task.CompletedTask;
    private Task _working = Task.CompletedTask;
    private INatsJSConsumer? _durable;
    private volatile int _published;
    private volatile int _readCount;

    private LogTraffic(NatsOpts options)
    {
        _publisher = new Link(options);
        _reader = new Link(options);
        _worker = new Link(options);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_bound.Token);
    }

    public int Published => _published;

    public int Repeated { get; private set; }

    public int Redelivered { get; private set; }

    public TimeSpan LongestStall { get; private set; }

    public static async Task<LogTraffic> StartAsync(NatsOpts options, int perSecond)
    {
        var traffic = new LogTraffic(options);
        var stream = await Context(traffic._publisher).CreateStreamAsync(new StreamConfig(Stream, [Subject]), traffic._bound.Token);
        var ordered = await Context(traffic._reader).CreateOrderedConsumerAsync(Stream, cancellationToken: traffic._bound.Token);
        traffic._durable = await Context(traffic._worker).CreateOrUpdateConsumerAsync(
            Stream, new ConsumerConfig("worker") { AckWait = AckWait, MaxAckPending = 100_000 }, traffic._bound.Token);
        traffic._reading = Task.Run(() => traffic.ReadAsync(ordered));
        traffic._working = Task.Run(() => traffic.WorkAsync(traffic._durable));
        var context = Context(traffic._publisher);
        traffic._publishing = Task.Run(() => Pace.RunAsync(perSecond, number => traffic.PublishAsync(context, number), traffic._stop.Token));
        return traffic;
    }

    /// <summary>Publishes no more, and waits until all of it has been read, and acknowledged by the one that does so.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _publishing;
        await Eventually.TrueAsync(() => _reading.IsFaulted || _readCount >= _published, what: "the ordered consumer reads to the end");
        await Eventually.TrueAsync(async () => _working.IsFaulted || await IsWorkedOffAsync(), what: "the durable consumer has nothing left");
        await _bound.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Assert.False(_reading.IsFaulted, $"The ordered consumer failed: {_reading.Exception}");
        Assert.False(_working.IsFaulted, $"The durable consumer failed: {_working.Exception}");
    }

    public void AssertEachOnceInOrder()
    {
        Assert.Equal(Enumerable.Range(0, _published), _read);
        Assert.Equal(Enumerable.Range(0, _published), _worked.Order());
    }

    public async ValueTask DisposeAsync()
    {
        await _bound.CancelAsync();
        foreach (var task in new[] { _publishing, _reading, _working })
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var link in new[] { _publisher, _reader, _worker })
            await link.DisposeAsync();
        _stop.Dispose();
        _bound.Dispose();
    }

    private static NatsJSContext Context(Link link) => new(link.Connection);

    /// <summary>Asks until the stream has it. A repetition of one whose acknowledgement was lost is told apart by its id.</summary>
    private async Task PublishAsync(NatsJSContext context, int number)
    {
        var start = TimeProvider.System.GetTimestamp();
        var opts = new NatsJSPubOpts { MsgId = $"chaos-{number}" };
        while (true)
        {
            var result = await context.TryPublishAsync(Subject, number, opts: opts, cancellationToken: _bound.Token);
            if (result is { Success: true, Value.Error: null })
                break;
            Repeated++;
            await Chaos.PauseAsync(RetryPause);
        }

        var took = TimeProvider.System.GetElapsedTime(start);
        if (took > LongestStall)
            LongestStall = took;
        _published = number + 1;
    }

    private async Task ReadAsync(INatsJSConsumer consumer)
    {
        await foreach (var message in consumer.ConsumeAsync<int>(opts: Watchful, cancellationToken: _bound.Token))
        {
            _read.Add(message.Data);
            _readCount = _read.Count;
        }
    }

    private async Task WorkAsync(INatsJSConsumer consumer)
    {
        await foreach (var message in consumer.ConsumeAsync<int>(opts: Watchful, cancellationToken: _bound.Token))
        {
            if (!_worked.Add(message.Data))
                Redelivered++;
            await message.AckAsync(cancellationToken: _bound.Token);
        }
    }

    private async Task<bool> IsWorkedOffAsync()
    {
        try
        {
            await _durable!.RefreshAsync(_bound.Token);
            return _durable.Info is { NumPending: 0, NumAckPending: 0 };
        }
        catch (NatsException)
        {
            return false;
        }
    }
}
