using SignalStream.Messaging.Partitions;

namespace SignalStream.UnitTests.Messaging;

public sealed class RouteTableTests
{
    private readonly List<string> _workedOut = [];
    private readonly RouteTable _routes;

    public RouteTableTests() => _routes = new RouteTable(100, subject =>
    {
        _workedOut.Add(subject);
        return new Route(int.Parse(subject), default, false);
    });

    [Fact]
    public void Of_SubjectMetBefore_IsWorkedOutOnce()
    {
        Assert.Same(_routes.Of("7"), _routes.Of("7"));
        Assert.Equal(["7"], _workedOut);
    }

    [Fact]
    public void Of_EverNewSubjects_IsBounded_AndKeepsThoseThatAreMetAgainAndAgain()
    {
        for (var i = 1000; i < 100_000; i++)
        {
            Assert.Equal(i, _routes.Of(i.ToString()).Partition);
            Assert.Equal(i % 10, _routes.Of((i % 10).ToString()).Partition);
            Assert.True(_routes.Count <= 100, $"{_routes.Count} after {i}");
        }

        Assert.Equal(10, _workedOut.Count(subject => subject.Length < 3));
        Assert.Equal(_workedOut.Count, _routes.Count + _routes.Forgotten);
    }
}
