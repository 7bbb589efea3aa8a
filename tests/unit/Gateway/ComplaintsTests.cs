using SignalStream.Gateway.Relay;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Gateway;

public class ComplaintsTests
{
    [Fact]
    public void IsDue_FloodOfCases_LetsOneAMinuteThrough()
    {
        var time = new ManualTimeProvider();
        var complaints = new Complaints(time);
        var made = 0;
        for (var second = 0; second < 150; second++)
        {
            made += complaints.IsDue() ? 1 : 0;
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, made);
    }
}
