using System.Collections.Concurrent;
using NATS.Client.Core;

namespace SignalStream.UnitTests.Nats;

public sealed class CrewTests
{
    private readonly BlockingCollection<Waiter?> _work = [];

    [Fact]
    public async Task RunAsync_SomebodyStays_TheWorkGoesOn()
    {
        using var release = new ManualResetEventSlim();
        var crew = Run();
        var stays = new Waiter(release.Wait);
        _work.Add(stays);
        await stays.Started;
        var next = new Waiter(() => { });
        _work.Add(next);
        await next.Started;
        release.Set();
        await EndAsync(crew);
    }

    /// <summary>One thread must always be left for the work.</summary>
    [Fact]
    public async Task RunAsync_ManyStay_TheLaterOnesAreOnThePool()
    {
        using var release = new ManualResetEventSlim();
        var crew = Run();
        var all = Enumerable.Range(0, 6).Select(_ => new Waiter(release.Wait)).ToList();
        foreach (var waiter in all)
        {
            _work.Add(waiter);
            await waiter.Started;
        }

        Assert.Contains(all, w => w.OnThisThread);
        Assert.Contains(all, w => !w.OnThisThread);
        release.Set();
        await EndAsync(crew);
    }

    [Fact]
    public async Task RunAsync_TurnsPassedOftenEnough_NoneIsLost()
    {
        var crew = Run();
        var all = Enumerable.Range(0, 10_000).Select(_ => new Waiter(() => { })).ToList();
        foreach (var waiter in all)
            _work.Add(waiter);
        await Task.WhenAll(all.Select(w => w.Started)).WaitAsync(TimeSpan.FromSeconds(60));
        await EndAsync(crew);
    }

    private Task Run() => Crew.RunAsync("test", () => _work.Take());

    private async Task EndAsync(Task crew)
    {
        _work.CompleteAdding();
        await Assert.ThrowsAsync<InvalidOperationException>(() => crew.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    private sealed class Waiter(Action work) : IAwaiter
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Started => _started.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public bool OnThisThread { get; private set; }

        public void Resume(bool onThisThread)
        {
            OnThisThread = onThisThread;
            if (onThisThread)
                GoOn();
            else
                ThreadPool.UnsafeQueueUserWorkItem(_ => GoOn(), null);
        }

        private void GoOn()
        {
            _started.SetResult();
            work();
        }
    }
}
