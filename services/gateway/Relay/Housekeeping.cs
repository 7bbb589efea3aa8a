namespace SignalStream.Gateway.Relay;

/// <summary>One timer for all viewers and feeds: what stands still is closed, what nobody wants is dropped.</summary>
internal sealed class Housekeeping(ViewerRegistry viewers, WaveFeeds feeds, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                viewers.Sweep();
                feeds.Sweep();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }
}
