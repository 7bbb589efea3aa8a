namespace Prometheus;

public static class GaugeExtensions
{
    public static void SetToCurrentTimeUtc(this IGauge gauge) => gauge.SetToTimeUtc(TimeProvider.System.GetUtcNow());

    public static void SetToTimeUtc(this IGauge gauge, DateTimeOffset timestamp) =>
        gauge.Set((timestamp - DateTimeOffset.UnixEpoch).TotalSeconds);

    /// <summary>Counts one more until the result is disposed of.</summary>
    public static IDisposable TrackInProgress(this IGauge gauge)
    {
        ArgumentNullException.ThrowIfNull(gauge);
        gauge.Inc();
        return new InProgress(gauge);
    }

    private sealed class InProgress(IGauge gauge) : IDisposable
    {
        public void Dispose() => gauge.Dec();
    }
}
