using SignalStream.Gateway.Relay.Thinning;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Gateway.Thinning;

public class LadderTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Ladder _ladder;

    public LadderTests() => _ladder = new Ladder(_time);

    [Fact]
    public void Look_NothingPresses_StaysAtFull()
    {
        for (var i = 0; i < 100; i++)
            Look(0.19);
        Assert.Equal(0, _ladder.Step);
    }

    [Fact]
    public void Look_PressureStays_GoesDownStepByStepToTheNewestOnly()
    {
        var steps = Enumerable.Range(0, 8).Select(_ => Look(0.3)).ToList();
        Assert.Equal([1, 2, 3, 4, 5, 6, Ladder.NewestOnly, Ladder.NewestOnly], steps);
    }

    [Fact]
    public void Look_PressureFalls_WaitsWhetherTheStepSuffices()
    {
        Look(0.35);
        Assert.Equal(1, Look(0.34));
        Assert.Equal(1, Look(0.3));
        Assert.Equal(2, Look(0.31));
    }

    [Theory]
    [InlineData(0.4, 2)]
    [InlineData(0.6, Ladder.NewestOnly)]
    [InlineData(3, Ladder.NewestOnly)]
    public void Look_PressesHard_SkipsSteps(double pressure, int step) => Assert.Equal(step, Look(pressure));

    [Fact]
    public void Look_MoreOftenThanAQuarterSecond_TakesOneStep()
    {
        Look(0.3);
        for (var i = 0; i < 10; i++)
            _ladder.Look(0.3);
        Assert.Equal(1, _ladder.Step);
    }

    [Fact]
    public void Look_EaseAfterwards_GoesUpAgainStepByStep()
    {
        Look(1);
        var steps = Enumerable.Range(0, 60).Select(_ => Look(0.01)).Distinct();
        Assert.Equal([7, 6, 5, 4, 3, 2, 1, 0], steps);
    }

    [Fact]
    public void Look_EveryStepUpIsTakenBack_TriesLessAndLess()
    {
        Look(0.3);
        var attempts = new List<int>();
        for (var round = 0; round < 5; round++)
        {
            var looks = 0;
            for (; _ladder.Step > 0; looks++)
                Look(0);
            attempts.Add(looks);
            Look(0.3);
        }

        Assert.Equal(attempts.Order(), attempts);
        Assert.True(attempts[^1] >= 8 * attempts[0], string.Join(' ', attempts));
    }

    private int Look(double pressure)
    {
        _time.Advance(TimeSpan.FromMilliseconds(250));
        _ladder.Look(pressure);
        return _ladder.Step;
    }
}
