namespace SignalStream.Terminal.Gateway;

/// <summary>How long to wait before the next attempt: twice as long each time, up to ten seconds, and not all at once.</summary>
/// <param name="chance">From 0 to 1; many clients that lost the same gateway come back at different times.</param>
internal sealed class Backoff(Func<double> chance)
{
    private const double FirstSeconds = 0.5;
    private const double LongestSeconds = 10;

    /// <param name="failures">In a row, from 1.</param>
    /// <returns>Between half of the step and all of it.</returns>
    public TimeSpan After(int failures)
    {
        var step = Math.Min(LongestSeconds, FirstSeconds * Math.Pow(2, Math.Min(failures - 1, 16)));
        return TimeSpan.FromSeconds(step * (0.5 + (0.5 * chance())));
    }
}
