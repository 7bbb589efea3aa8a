using System.Net;
using Prometheus;
using SignalStream.Gateway.History;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Gateway;

public sealed class HistoryTurnsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly HistoryTurns _turns;

    public HistoryTurnsTests() => _turns = NewTurns(new HistoryOptions { Readers = 1, Waiting = 1, MessagesPerSecond = 1000 });

    public void Dispose() => _turns.Dispose();

    [Fact]
    public async Task TryEnter_AllTurnsTaken_WaitsAndBeyondThatRefuses()
    {
        var first = await _turns.TryEnterAsync(null, CancellationToken.None);
        var second = _turns.TryEnterAsync(null, CancellationToken.None).AsTask();
        Assert.False(second.IsCompleted);
        Assert.Null(await _turns.TryEnterAsync(null, CancellationToken.None));
        first!.Dispose();
        first.Dispose(); // A turn is given back once.
        Assert.NotNull(await second); // Before the third one asks: until then the second one waits as well.
        var third = _turns.TryEnterAsync(null, CancellationToken.None).AsTask();
        Assert.False(third.IsCompleted);
        (await second)!.Dispose();
        Assert.NotNull(await third);
    }

    [Fact]
    public async Task TryEnter_WhoWaitsLeaves_TakesNoTurn()
    {
        using var leaving = new CancellationTokenSource();
        var first = await _turns.TryEnterAsync(null, CancellationToken.None);
        var second = _turns.TryEnterAsync(null, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first!.Dispose();
        Assert.NotNull(await _turns.TryEnterAsync(null, CancellationToken.None));
    }

    [Fact]
    public async Task TryEnter_OneAddressThatKeepsItsTurns_LeavesTheOthers()
    {
        using var turns = NewTurns(new HistoryOptions { Readers = 3, ReadersPerAddress = 2, Waiting = 4 });
        var slow = IPAddress.Parse("203.0.113.7");
        IDisposable?[] held = [await turns.TryEnterAsync(slow, CancellationToken.None), await turns.TryEnterAsync(slow, CancellationToken.None)];
        using var leaving = new CancellationTokenSource();
        var waiting = turns.TryEnterAsync(slow, leaving.Token).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.Null(await turns.TryEnterAsync(slow, CancellationToken.None)); // It has its quarter of those that may wait.
        using (var other = await turns.TryEnterAsync(IPAddress.Parse("203.0.113.8"), CancellationToken.None))
            Assert.NotNull(other);
        held[0]!.Dispose();
        Assert.NotNull(await waiting);
        var last = turns.TryEnterAsync(slow, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => last);
        (await waiting)!.Dispose();
        held[1]!.Dispose();
        using var again = await turns.TryEnterAsync(slow, CancellationToken.None);
        Assert.NotNull(again);
    }

    [Fact]
    public void AddressTurns_LastRequestOfAnAddress_ForgetsIt()
    {
        var turns = new AddressTurns(2, 3);
        var address = IPAddress.Parse("203.0.113.7");
        for (var i = 0; i < 3; i++)
            Assert.NotNull(turns.TryEnter(address));
        Assert.Null(turns.TryEnter(address));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(1, turns.Count);
            turns.Leave(address);
        }

        Assert.Equal(0, turns.Count);
    }

    [Fact]
    public async Task Pace_FasterThanTheRate_AllWaitTogether()
    {
        Assert.True(_turns.PaceAsync(3, CancellationToken.None).IsCompletedSuccessfully);
        var one = _turns.PaceAsync(497, CancellationToken.None);
        var other = _turns.PaceAsync(500, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        await one;
        Assert.False(other.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        await other;
        // What was not used is not saved up.
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(_turns.PaceAsync(1000, CancellationToken.None).IsCompleted);
    }

    private HistoryTurns NewTurns(HistoryOptions options) =>
        new(options, new HistoryMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())), _time);
}
