using NATS.Client.Core;
using SignalStream.TestKit;

namespace SignalStream.ChaosTests.Nats;

/// <summary>A connection that notes each time that it is lost and found again.</summary>
internal sealed class Link : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _outages = [];
    private long _lostAt;
    private volatile int _lost;
    private volatile int _found;

    public Link(NatsOpts options)
    {
        Connection = new NatsConnection(options);
        Connection.ConnectionDisconnected += (_, _) => OnLost();
        Connection.ConnectionOpened += (_, _) => OnFound();
    }

    public NatsConnection Connection { get; }

    public int Lost => _lost;

    /// <summary>From each loss to the next connection.</summary>
    public IReadOnlyList<TimeSpan> Outages
    {
        get
        {
            lock (_gate)
                return [.. _outages];
        }
    }

    /// <summary>Waits until it was lost once more than that often, and is back with its subscriptions at the server.</summary>
    public async Task FoundAgainAsync(int lostBefore)
    {
        await Eventually.TrueAsync(() => _lost > lostBefore, what: "the loss is noticed");
        await Eventually.TrueAsync(async () => _found > _lost && await AnswersAsync(), what: "a server is found again");
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await Connection.PingAsync();
            return true;
        }
        catch (NatsException)
        {
            return false;
        }
    }

    private ValueTask OnLost()
    {
        _lostAt = TimeProvider.System.GetTimestamp();
        _lost++;
        return default;
    }

    private ValueTask OnFound()
    {
        lock (_gate)
        {
            if (_lost > 0)
                _outages.Add(TimeProvider.System.GetElapsedTime(_lostAt));
        }

        _found++;
        return default;
    }
}
