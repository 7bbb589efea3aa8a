namespace SignalStream.Gateway.WebSockets;

/// <summary>Lets so many through a second, and as many at once after a silence.</summary>
/// <remarks>A token bucket (Turner JS 1986, New directions in communications, IEEE Commun. Mag. 24(10):8-15) that holds a second's worth.</remarks>
internal sealed class RateLimit(int perSecond, TimeProvider time)
{
    private double _tokens = perSecond;
    private long _filledAt = time.GetTimestamp();

    /// <summary>Whether one more may pass now; then it has.</summary>
    public bool TryTake()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(perSecond, _tokens + perSecond * time.GetElapsedTime(_filledAt, now).TotalSeconds);
        _filledAt = now;
        if (_tokens < 1)
            return false;
        _tokens--;
        return true;
    }
}
