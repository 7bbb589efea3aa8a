using SignalStream.Gateway.Relay;

namespace SignalStream.UnitTests.Gateway;

public class StrainTests
{
    private readonly RelayKit _kit = new();
    private readonly FakeWire[] _wires = [new(), new()];

    [Theory]
    [InlineData(0, 0.75, false)]
    [InlineData(0, 0.85, true)]
    [InlineData(0.9, 0.5, true)]
    [InlineData(0.9, 0.3, false)]
    public void EndTurn_ShareOfTimeInTurns_BeginsHighAndEndsLow(double before, double share, bool expected)
    {
        var strain = new Strain(_kit.Time);
        Work(strain, before);
        Work(strain, share);
        Assert.Equal(expected, strain.Is);
    }

    [Fact]
    public void EndTurn_TurnLongerThanAWindow_CountsOnlyWhatLiesWithin()
    {
        var strain = new Strain(_kit.Time);
        strain.BeginTurn();
        After(500);
        Assert.True(strain.EndTurn());
        After(490);
        strain.BeginTurn();
        After(10);
        Assert.True(strain.EndTurn());
        Assert.False(strain.Is);
    }

    [Fact]
    public async Task Deliver_UnderStrain_TwoFramesASendForHalfOfTheViewersEachTime()
    {
        Attach();
        Strain();
        Assert.Equal(1, await _kit.MetricAsync("signalstream_gateway_workers_strained"));
        for (var i = 1UL; i < 9; i++)
        {
            Publish(i * 10);
            Assert.Single(_wires, w => (ulong)w.Sent.Count == i + 1);
            After(40);
        }

        After(100);
        _kit.Worker.RunOnce();
        foreach (var wire in _wires)
        {
            Assert.Equal(Enumerable.Range(0, 9).Select(i => (ulong)i * 10), wire.Sent.Select(s => BitConverter.ToUInt64(s.Bytes, 16)));
            Assert.InRange(wire.Calls, 5, 6);
        }

        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Fact]
    public void Deliver_UnderStrainAndNothingFollows_GoesOutWithoutIt()
    {
        Attach();
        Strain();
        Publish(10);
        var waits = Assert.Single(_wires, w => w.Calls == 1);
        After(98);
        _kit.Worker.RunOnce();
        Assert.Equal(1, waits.Calls);
        After(4);
        _kit.Worker.RunOnce();
        Assert.Equal((2, 2), (waits.Calls, waits.Sent.Count));
    }

    [Fact]
    public void Deliver_StrainEnded_AFrameASendAndNoneOvertakesWhatWaits()
    {
        Attach();
        Strain();
        Publish(10);
        Work(_kit.Worker.Strain, 0);
        Assert.False(_kit.Worker.Strain.Is);
        Publish(20);
        Publish(30);
        Assert.All(_wires, wire => Assert.Equal([0UL, 10, 20, 30], wire.Sent.Select(s => BitConverter.ToUInt64(s.Bytes, 16))));
        Assert.Equal([3, 4], _wires.Select(w => w.Calls).Order());
    }

    private void Attach()
    {
        for (var i = 0; i < _wires.Length; i++)
        {
            var viewer = _kit.NewViewer(_wires[i], id: i);
            _kit.Topic.Attach(new ViewerStream(viewer, _kit.Topic, TypeSet.All));
        }

        _kit.Work();
    }

    /// <summary>A turn that takes all of the time; it sends the frame 0.</summary>
    private void Strain()
    {
        _wires[0].Sending = () => After(500);
        Publish(0);
        _wires[0].Sending = null;
        Assert.True(_kit.Worker.Strain.Is);
    }

    private void Work(Strain strain, double share)
    {
        for (var i = 0; i < 100; i++)
        {
            strain.BeginTurn();
            After(10 * share);
            strain.EndTurn();
            After(10 * (1 - share));
        }
    }

    private void Publish(ulong first)
    {
        _kit.Publish(_kit.Shared(first));
        _kit.Work();
    }

    private void After(double milliseconds) => _kit.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}
