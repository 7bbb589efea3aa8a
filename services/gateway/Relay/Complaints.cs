namespace SignalStream.Gateway.Relay;

/// <summary>Lets one complaint a minute into the log: each case is counted, and a flood of them must not become one of lines.</summary>
internal struct Complaints(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long? _lastAt;

    /// <summary>Whether it is time for the next one; then it counts as made.</summary>
    public bool IsDue()
    {
        if (_lastAt is { } at && time.GetElapsedTime(at) < Interval)
            return false;
        _lastAt = time.GetTimestamp();
        return true;
    }
}
