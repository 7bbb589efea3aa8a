using System.Net;
using SignalStream.Gateway.Security;

namespace SignalStream.UnitTests.Gateway;

public class AddressLimitTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("127.0.0.9", null)]
    [InlineData("::1", null)]
    [InlineData("::ffff:127.0.0.1", null)]
    public void CountedFor_Address_IsWhoeverHoldsIt(string remote, string? counted) =>
        Assert.Equal(counted, AddressLimit.CountedFor(IPAddress.Parse(remote))?.ToString());

    [Fact]
    public void TryEnter_FromManyThreads_NeverLetsInMoreThanAllowedAndForgetsWhoLeft()
    {
        var limit = new AddressLimit(3);
        var address = IPAddress.Parse("203.0.113.7");
        var inside = 0;
        Parallel.For(0, 20_000, _ =>
        {
            if (!limit.TryEnter(address))
                return;
            var now = Interlocked.Increment(ref inside);
            Assert.InRange(now, 1, 3);
            Interlocked.Decrement(ref inside);
            limit.Leave(address);
        });
        Assert.Equal(0, limit.Addresses);
        for (var i = 0; i < 3; i++)
            Assert.True(limit.TryEnter(address));
        Assert.False(limit.TryEnter(address));
        Assert.True(limit.TryEnter(IPAddress.Parse("203.0.113.8")));
    }
}
