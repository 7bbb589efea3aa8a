using System.Net.WebSockets;
using System.Text;
using SignalStream.Gateway.Relay;
using SignalStream.Gateway.Relay.Thinning;

namespace SignalStream.UnitTests.Gateway;

public class ViewerTests
{
    private readonly RelayKit _kit = new(new RelayOptions { QueueKilobytes = 4 });

    [Fact]
    public void Close_TextsBefore_SendsAllOfThemAndTheClose()
    {
        _kit.Viewer.SendText("one"u8.ToArray());
        _kit.Viewer.SendText("two"u8.ToArray());
        _kit.Viewer.Close(ViewerClose.TooManyErrors(20));
        _kit.Work();
        Assert.Equal(["one", "two"], _kit.Socket.Sent.Select(s => Encoding.UTF8.GetString(s.Bytes)));
        Assert.Equal((WebSocketCloseStatus.PolicyViolation, "Rules were broken 20 times in a minute."), _kit.Socket.ClosedWith);
        Assert.True(_kit.Viewer.Finished.IsCompleted);
    }

    [Fact]
    public void Close_WhileTheWorkerSends_ComesBehindWhatWasPostedBeforeIt()
    {
        _kit.Viewer.SendText(() =>
        {
            _kit.Viewer.SendText("two"u8.ToArray());
            _kit.Viewer.Close(ViewerClose.TooManyErrors(20));
            return [.. "one"u8];
        });
        _kit.Work();
        Assert.Equal(["one", "two"], _kit.Socket.Sent.Select(s => Encoding.UTF8.GetString(s.Bytes)));
        Assert.NotNull(_kit.Socket.ClosedWith);
    }

    [Fact]
    public void Flush_BeforeTheViewerHasSaidAnything_SendsNothing()
    {
        var wire = new FakeWire();
        var viewer = new Viewer(2, wire, _kit.Worker, new KeepAlive(TimeSpan.FromHours(1), TimeSpan.FromHours(1), _kit.Time));
        viewer.SendText("early"u8.ToArray());
        _kit.Work();
        Assert.Equal(0, wire.Calls);
        viewer.Open();
        _kit.Work();
        Assert.Equal("early", Encoding.UTF8.GetString(Assert.Single(wire.Sent).Bytes));
    }

    [Fact]
    public void Flush_SeveralFramesInOneTurn_GoOutInOneCall()
    {
        _kit.Topic.Attach(_kit.NewStream());
        Publish(0, 10);
        _kit.Work();
        Assert.Equal((1, 10), (_kit.Socket.Calls, _kit.Socket.Sent.Count));
        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(74)]
    [InlineData(75)]
    public void Flush_WireTakesAFewBytesAtATime_EveryFrameArrivesWhole(int most)
    {
        _kit.Socket.Most = most;
        _kit.Topic.Attach(_kit.NewStream());
        for (var round = 0; round < 5; round++)
        {
            Publish(round * 4, 4);
            _kit.Work();
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(i => (ulong)i * 10), _kit.Socket.Sent.Select(s => BitConverter.ToUInt64(s.Bytes, 16)));
        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Fact]
    public void Flush_ConnectionBroken_EndsAndHoldsNothing()
    {
        _kit.Topic.Attach(_kit.NewStream());
        _kit.Socket.Broken = true;
        Publish(0, 3);
        _kit.Work();
        Assert.Equal("lost", _kit.Viewer.Closing?.Label);
        Assert.True(_kit.Viewer.Finished.IsCompleted);
        Publish(3, 3);
        _kit.Work();
        Assert.Equal((0, 0L), (_kit.Buffers.Out, _kit.Viewer.QueuedBytes));
    }

    [Fact]
    public void Sweep_SendStuckFor10Seconds_ClosesWith4008AndFreesTheQueue()
    {
        Stick();
        Sweep(TimeSpan.FromSeconds(9));
        Assert.Null(_kit.Viewer.Closing);
        Sweep(TimeSpan.FromSeconds(1));
        Assert.Equal(4008, (int)_kit.Viewer.Closing!.Code);
        Assert.Equal(0, _kit.Viewer.QueuedBytes);
        _kit.Socket.Unblock();
        _kit.Work();
        Assert.Equal(((WebSocketCloseStatus)4008, "Too slow: nothing has moved for 10 s."), _kit.Socket.ClosedWith);
        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Fact]
    public void Sweep_NothingIsTaken_GoesDownToTheNewestOnlyAndHoldsOneFrame()
    {
        Stick();
        for (var i = 3; i < 60; i++)
        {
            Publish(i, 1);
            Sweep(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(Ladder.NewestOnly, _kit.Viewer.Step);
        Assert.InRange(_kit.Viewer.QueuedBytes, 1, 200);
        _kit.Viewer.SendMessage([0x81, 0]);
        _kit.Socket.Unblock();
        _kit.Work();
        Assert.Equal(0, _kit.Viewer.QueuedBytes);
    }

    [Fact]
    public void Flush_StepHasChanged_TellsTheAccountsOnceBeforeAnythingElse()
    {
        _kit.Viewer.Accounts = () => Encoding.UTF8.GetBytes($"step {_kit.Viewer.Step}");
        Stick();
        for (var i = 3; i < 60; i++)
        {
            Publish(i, 1);
            Sweep(TimeSpan.FromMilliseconds(100));
        }

        _kit.Socket.Unblock();
        _kit.Work();
        var texts = _kit.Socket.Sent.Select((s, at) => (s.Type, at, Text: Encoding.UTF8.GetString(s.Bytes))).Where(s => s.Type == WebSocketMessageType.Text);
        Assert.Equal("step 7", Assert.Single(texts).Text);
    }

    [Fact]
    public async Task Sweep_NotEvenTheCloseCanBeSent_AbortsTheConnection()
    {
        Stick();
        Sweep(TimeSpan.FromSeconds(10));
        Sweep(TimeSpan.Zero);
        Assert.False(_kit.Socket.Aborted);
        Sweep(TimeSpan.FromSeconds(5));
        Assert.True(_kit.Socket.Aborted);
        Assert.True(_kit.Viewer.Finished.IsCompleted);
        Assert.Equal(0, _kit.Buffers.Out);
        Assert.Equal(1, await _kit.MetricAsync("signalstream_gateway_viewers_closed_total{reason=\"too_slow\"}"));
    }

    [Fact]
    public void Sweep_NothingWaits_LeavesAnIdleViewerAlone()
    {
        Sweep(TimeSpan.FromHours(1));
        Assert.Null(_kit.Viewer.Closing);
    }

    [Fact]
    public void Sweep_SilentViewer_IsPingedOnceAndGoneWhenNothingComes()
    {
        Sweep(TimeSpan.FromHours(2));
        Sweep(TimeSpan.FromMinutes(59));
        Assert.Equal(1, _kit.Socket.Pings);
        Assert.Null(_kit.Viewer.Closing);
        Sweep(TimeSpan.FromMinutes(1));
        Assert.Equal("silent", _kit.Viewer.Closing?.Label);
        Assert.True(_kit.Socket.Aborted);
    }

    [Fact]
    public void Sweep_PingAnswered_Stays()
    {
        Sweep(TimeSpan.FromHours(2));
        _kit.Viewer.KeepAlive.Heard();
        Sweep(TimeSpan.FromHours(2));
        Assert.Equal(2, _kit.Socket.Pings);
        Assert.Null(_kit.Viewer.Closing);
    }

    [Fact]
    public void SendText_AnswersPassTheBoundWhileStuck_ClosesWith4008()
    {
        Stick();
        for (var i = 0; i < 5; i++)
            _kit.Viewer.SendText(new byte[1000]);
        _kit.Work();
        Assert.Equal("too_slow", _kit.Viewer.Closing?.Label);
        _kit.Socket.Unblock();
        _kit.Work();
        Assert.Equal("Too slow: more than 4 KiB of findings and answers are waiting.", _kit.Socket.ClosedWith?.Reason);
    }

    [Fact]
    public async Task Close_Twice_KeepsTheFirstReason()
    {
        _kit.Viewer.Close(ViewerClose.GoingAway);
        _kit.Viewer.Close(ViewerClose.Binary);
        _kit.Work();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, _kit.Socket.ClosedWith?.Code);
        Assert.Equal(0, await _kit.MetricAsync("signalstream_gateway_viewers_closed_total{reason=\"binary\"}"));
    }

    [Fact]
    public void RunOnce_OneStuckAmongThree_TheOthersGetEverything()
    {
        Stick();
        var others = new[] { new FakeWire(), new FakeWire() };
        foreach (var viewer in others.Select(wire => _kit.NewViewer(wire)))
            _kit.Topic.Attach(new ViewerStream(viewer, _kit.Topic, TypeSet.All));
        for (var i = 3; i < 200; i++)
        {
            Publish(i, 1);
            _kit.Work();
            Assert.All(others, o => Assert.Equal(i - 2, o.Sent.Count));
        }

        _kit.Socket.Unblock();
        _kit.Work();
        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Fact]
    public void RunOnce_AfterTheFirstTurns_AllocatesNothingADelivery()
    {
        const int Viewers = 50;
        var kit = new RelayKit();
        foreach (var viewer in Enumerable.Range(0, Viewers).Select(_ => new Viewer(
            3, new NullWire(), kit.Worker, new KeepAlive(TimeSpan.FromHours(2), TimeSpan.FromHours(1), kit.Time))))
        {
            viewer.Open();
            kit.Topic.Attach(new ViewerStream(viewer, kit.Topic, TypeSet.All));
        }

        Publish(kit, 0, 200);
        kit.Work();
        // The frames themselves are made before: one object a frame, whoever watches.
        Publish(kit, 200, 200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        kit.Work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Publish(int first, int count) => Publish(_kit, first, count);

    private static void Publish(RelayKit kit, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            var frame = kit.Shared((ulong)i * 10);
            kit.Topic.Publish(frame);
            frame.Release();
        }
    }

    private void Sweep(TimeSpan later)
    {
        _kit.Time.Advance(later);
        _kit.Viewer.Sweep();
        _kit.Work();
    }

    /// <summary>The viewer's wire takes nothing, and a frame is on its way into it.</summary>
    private void Stick()
    {
        _kit.Socket.Block();
        _kit.Topic.Attach(_kit.NewStream());
        Publish(0, 3);
        _kit.Work();
    }

    /// <summary>Takes everything and keeps nothing.</summary>
    private sealed class NullWire : IViewerWire
    {
        public bool IsOpen => true;

        public int Send(ReadOnlySpan<byte> bytes) => bytes.Length;

        public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => default;

        public void Abort()
        {
        }
    }
}
