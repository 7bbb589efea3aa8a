namespace SignalStream.ChaosTests.Nats;

/// <summary>A steady load by an absolute schedule.</summary>
internal static class Pace
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>Takes so many steps a second, numbered from 0, until told to stop; steps that came late are made up for.</summary>
    public static async Task RunAsync(int perSecond, Func<int, Task> step, CancellationToken stop)
    {
        var start = TimeProvider.System.GetTimestamp();
        var taken = 0;
        while (!stop.IsCancellationRequested)
        {
            var due = (int)(TimeProvider.System.GetElapsedTime(start).TotalSeconds * perSecond);
            while (taken < due && !stop.IsCancellationRequested)
                await step(taken++);
            await Chaos.PauseAsync(Tick);
        }
    }
}
