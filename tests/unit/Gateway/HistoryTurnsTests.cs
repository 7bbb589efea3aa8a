using Prometheus;
using SignalStream.Gateway.History;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Gateway;

public sealed class HistoryTurnsTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly HistoryTurns _turns;

    public HistoryTurnsTests() => _turns = new HistoryTurns(
        new HistoryOptions { Readers = 1, Waiting = 1, MessagesPerSecond = 1000 }, new HistoryMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())), _time);

    public void Dispose() => _turns.Dispose();

    [Fact]
    public async Task TryEnter_AllTurnsTaken_WaitsAndBeyondThatRefuses()
    {
        var first = await _turns.TryEnterAsync(CancellationToken.None);
        var second = _turns.TryEnterAsync(CancellationToken.None).AsTask();
        Assert.False(second.IsCompleted);
        Assert.Null(await _turns.TryEnterAsync(CancellationToken.None));
        first!.Dispose();
        first.Dispose(); // A turn is given back once.
        Assert.NotNull(await second); // Before the third one asks: until then the second one waits as well.
        var third = _turns.TryEnterAsync(CancellationToken.None).AsTask();
        Assert.False(third.IsCompleted);
        (await second)!.Dispose();
        Assert.NotNull(await third);
    }

    [Fact]
    public async Task TryEnter_WhoWaitsLeaves_TakesNoTurn()
    {
        using var leaving = new CancellationTokenSource();
        var first = await _turns.TryEnterAsync(CancellationToken.None);
        var second = _turns.TryEnterAsync(leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first!.Dispose();
        Assert.NotNull(await _turns.TryEnterAsync(CancellationToken.None));
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
}
