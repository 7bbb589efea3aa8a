using SignalStream.Gateway.WebSockets;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Gateway;

public class RateLimitTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void TryTake_AtOnce_LetsASecondsWorthThrough()
    {
        var rate = new RateLimit(5, _time);
        Assert.Equal(5, Enumerable.Range(0, 20).Count(_ => rate.TryTake()));
    }

    [Fact]
    public void TryTake_ForALongTime_LetsTheRateThrough()
    {
        var rate = new RateLimit(5, _time);
        var passed = 0;
        for (var i = 0; i < 1000; i++)
        {
            passed += rate.TryTake() ? 1 : 0;
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(passed, 54, 55);
    }

    [Fact]
    public void TryTake_AfterALongSilence_LetsNoMoreThanASecondsWorthThrough()
    {
        var rate = new RateLimit(5, _time);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(5, Enumerable.Range(0, 20).Count(_ => rate.TryTake()));
    }
}
