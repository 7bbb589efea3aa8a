using SignalStream.Gateway.WebSockets;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Gateway;

public class ErrorBudgetTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Spend_LastOneWithinTheMinute_IsTooMany()
    {
        var budget = new ErrorBudget(3, _time);
        Assert.False(budget.Spend());
        Assert.False(budget.Spend());
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(budget.Spend());
    }

    [Fact]
    public void Spend_OldOnesPast_AreForgotten()
    {
        var budget = new ErrorBudget(3, _time);
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(31));
            Assert.False(budget.Spend());
        }
    }
}
