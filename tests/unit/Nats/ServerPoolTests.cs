using NATS.Client.Core;

namespace SignalStream.UnitTests.Nats;

public sealed class ServerPoolTests
{
    private readonly ServerPool _pool = new(new NatsOpts { Url = "nats://user:pw@a:1,b:2", NoRandomize = true });

    [Fact]
    public void Learn_AddressesOfACluster_ComeAfterTheConfiguredOnes()
    {
        _pool.Learn(["a:1", "c:3"], _pool.InOrder()[0]);
        Assert.Equal(["nats://a:1", "nats://b:2", "nats://c:3"], _pool.InOrder().Select(s => s.ToString()));
        Assert.Equal("user:pw", _pool.FirstUserInfo);
    }

    [Fact]
    public void Learn_AgainWithoutOne_ForgetsItButNeverAConfiguredOne()
    {
        _pool.Learn(["c:3", "d:4"], _pool.InOrder()[0]);
        _pool.Learn(["d:4"], _pool.InOrder()[0]);
        Assert.Equal(["nats://a:1", "nats://b:2", "nats://d:4"], _pool.InOrder().Select(s => s.ToString()));
    }

    /// <summary>An exception here would end the reconnecting, and with it the connection.</summary>
    [Fact]
    public void Learn_SomethingThatIsNoAddress_IsLeftOut()
    {
        _pool.Learn(["no address", "", "ws://w:80", "http://h:80", "c:99999", "c:3"], _pool.InOrder()[0]);
        Assert.Equal(["nats://a:1", "nats://b:2", "nats://c:3"], _pool.InOrder().Select(s => s.ToString()));
    }

    [Fact]
    public void MoveToEnd_OneOfThem_IsTriedLast()
    {
        _pool.MoveToEnd(_pool.InOrder()[0]);
        Assert.Equal(["nats://b:2", "nats://a:1"], _pool.InOrder().Select(s => s.ToString()));
    }
}
