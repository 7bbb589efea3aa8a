using SignalStream.Gateway.Relay;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Gateway;

/// <summary>Turns of the worker's own thread and of a thread that reads for it.</summary>
public sealed class RelayWorkerTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly RelayKit _kit = new();

    public RelayWorkerTests() => _kit.Worker.Start();

    public void Dispose() => _kit.Worker.Dispose();

    [Fact]
    public async Task Post_InAnOperation_RunsOnTheCallersThreadAndSendsAtOnce()
    {
        var home = await HomeAsync();
        _kit.Topic.Attach(_kit.NewStream());
        Operation(home, () => _kit.Publish(_kit.Shared(0)));
        Assert.Equal((1, 1), (_kit.Socket.Calls, _kit.Socket.Sent.Count));
        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Fact]
    public async Task Post_WavesOfAStreamInOneOperation_LeaveInOrder()
    {
        var home = await HomeAsync();
        _kit.Topic.Attach(_kit.NewStream());
        for (var round = 0UL; round < 5; round++)
            Operation(home, () => _kit.Publish(_kit.Shared(round * 20)), () => _kit.Publish(_kit.Shared((round * 20) + 10)));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (ulong)i * 10), _kit.Socket.Sent.Select(s => BitConverter.ToUInt64(s.Bytes, 16)));
    }

    [Fact]
    public async Task Deliver_FrameWithOthersBehindItAfterOneThatWaitsToBeSent_LeavesAfterIt()
    {
        var home = await HomeAsync();
        _kit.Topic.Attach(_kit.NewStream());
        Operation(home, () =>
        {
            foreach (var (first, isLast) in ((ulong, bool)[])[(0, true), (10, false), (20, true), (30, true)])
            {
                var frame = _kit.Shared(first);
                _kit.Topic.Publish(frame, isLast);
                frame.Release();
            }
        });
        Assert.Equal([0UL, 10, 20, 30], _kit.Socket.Sent.Select(s => BitConverter.ToUInt64(s.Bytes, 16)));
        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Fact]
    public async Task Post_WhileAnotherThreadHasTheTurn_RunsAfterIt()
    {
        var home = await HomeAsync();
        using var inTurn = new ManualResetEventSlim();
        using var letGo = new ManualResetEventSlim();
        var ran = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        home.Post(_ => { inTurn.Set(); letGo.Wait(Soon); }, null);
        Assert.True(inTurn.Wait(Soon));
        Operation(home, () => ran.SetResult(Environment.CurrentManagedThreadId));
        Assert.False(ran.Task.IsCompleted);
        letGo.Set();
        Assert.NotEqual(Environment.CurrentManagedThreadId, await ran.Task.WaitAsync(Soon));
    }

    [Fact]
    public async Task Post_TextBeforeTheWave_IsNotOvertaken()
    {
        var home = await HomeAsync();
        _kit.Topic.Attach(_kit.NewStream());
        Operation(home, () =>
        {
            _kit.Viewer.SendText("first"u8.ToArray());
            _kit.Publish(_kit.Shared(0));
        });
        Assert.Equal("first"u8.ToArray(), _kit.Socket.Sent[0].Bytes);
        Assert.Equal(2, _kit.Socket.Sent.Count);
    }

    [Fact]
    public async Task OperationCompleted_ViewerIsHeld_SendsWhenItIsDue()
    {
        var home = await HomeAsync();
        var wire = new FakeWire();
        var viewer = new Viewer(2, wire, _kit.Worker, new KeepAlive(Soon, Soon, _kit.Time), hold: TimeSpan.FromMilliseconds(5));
        viewer.Open();
        _kit.Topic.Attach(new ViewerStream(viewer, _kit.Topic, TypeSet.All));
        Operation(home, () => _kit.Publish(_kit.Shared(0)));
        Assert.Equal(0, wire.Calls);
        _kit.Time.Advance(TimeSpan.FromMilliseconds(5));
        await Eventually.TrueAsync(() => wire.Calls == 1);
    }

    private async Task<SynchronizationContext> HomeAsync()
    {
        var home = new TaskCompletionSource<SynchronizationContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _kit.Worker.RunAsync(() =>
        {
            home.SetResult(SynchronizationContext.Current!);
            return Task.CompletedTask;
        }).WaitAsync(Soon);
        await Eventually.TrueAsync(() => _kit.Worker.IsIdle);
        return await home.Task;
    }

    /// <summary>As the NATS connection lets readers go on.</summary>
    private static void Operation(SynchronizationContext home, params Action[] readers)
    {
        var before = SynchronizationContext.Current;
        home.OperationStarted();
        foreach (var reader in readers)
            home.Post(_ => reader(), null);
        home.OperationCompleted();
        SynchronizationContext.SetSynchronizationContext(before);
    }
}
