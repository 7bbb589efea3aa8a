namespace Prometheus;

public interface ITimer : IDisposable
{
    /// <summary>Reports the time since the timer was made, and returns it.</summary>
    TimeSpan ObserveDuration();
}

/// <summary>Timers that report seconds when they are disposed of. The clock is the system's, as in the package.</summary>
public static class TimerExtensions
{
    public static ITimer NewTimer(this IObserver observer) => new Timer(observer.Observe);

    public static ITimer NewTimer(this IGauge gauge) => new Timer(gauge.Set);

    public static ITimer NewTimer(this ICounter counter) => new Timer(counter.Inc);

    private sealed class Timer(Action<double> report) : ITimer
    {
        private readonly long _start = TimeProvider.System.GetTimestamp();

        public TimeSpan ObserveDuration()
        {
            var elapsed = TimeProvider.System.GetElapsedTime(_start);
            report(elapsed.TotalSeconds);
            return elapsed;
        }

        public void Dispose() => ObserveDuration();
    }
}
