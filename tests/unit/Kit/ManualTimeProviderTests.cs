using SignalStream.TestKit;

namespace SignalStream.UnitTests.Kit;

public sealed class ManualTimeProviderTests
{
    [Fact]
    public void Advance_TimersDueOnTheWay_FireInOrderAtTheirTimes()
    {
        var clock = new ManualTimeProvider();
        var start = clock.GetUtcNow();
        var fired = new List<(string Name, double AtS)>();
        void Note(object? name) => fired.Add(((string)name!, (clock.GetUtcNow() - start).TotalSeconds));

        using var every = clock.CreateTimer(Note, "every", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        using var once = clock.CreateTimer(Note, "once", TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([("every", 2), ("once", 3), ("every", 4)], fired);
        Assert.Equal(TimeSpan.FromSeconds(5), clock.GetUtcNow() - start);
    }

    [Fact]
    public void Advance_TimerDisposedOrChanged_FiresAsItIsNow()
    {
        var clock = new ManualTimeProvider();
        var fired = 0;
        var gone = clock.CreateTimer(_ => fired += 100, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        using var later = clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        gone.Dispose();
        later.Change(TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal((0, 1), (fired, clock.PendingTimers));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 0), (fired, clock.PendingTimers));
    }

    [Fact]
    public async Task Advance_TaskDelayOnIt_Completes()
    {
        var clock = new ManualTimeProvider();
        var delay = Task.Delay(TimeSpan.FromHours(1), clock);

        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.False(delay.IsCompleted);
        clock.Advance(TimeSpan.FromMinutes(1));

        await delay.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void GetElapsedTime_AfterAdvance_IsTheAdvance()
    {
        var clock = new ManualTimeProvider();
        var start = clock.GetTimestamp();

        clock.Advance(TimeSpan.FromMilliseconds(1.5));

        Assert.Equal(TimeSpan.FromMilliseconds(1.5), clock.GetElapsedTime(start));
    }

    [Fact]
    public void Advance_Backwards_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ManualTimeProvider().Advance(TimeSpan.FromTicks(-1)));
}
