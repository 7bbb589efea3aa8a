namespace NATS.Client.JetStream.Consuming;

/// <summary>What was asked of the server and has not been read yet: sent later, or waiting in the queue.</summary>
/// <remarks>Used by one reader.</remarks>
internal sealed class PullBudget(PullSettings settings)
{
    private int _msgs;
    private int _bytes;

    /// <summary>Whether so little is left that more should be asked for.</summary>
    public bool IsLow =>
        _msgs <= settings.ThresholdMsgs || (settings.MaxBytes > 0 && _bytes <= settings.ThresholdBytes);

    public void Received(int bytes) => Release(1, bytes);

    /// <summary>A request ended before it was used up.</summary>
    public void Release(int msgs, int bytes)
    {
        _msgs = Math.Max(0, _msgs - msgs);
        _bytes = Math.Max(0, _bytes - bytes);
    }

    /// <summary>The request that fills it up again.</summary>
    public (int Msgs, int Bytes) Refill()
    {
        var more = (settings.MaxMsgs - _msgs, settings.MaxBytes > 0 ? Math.Max(1, settings.MaxBytes - _bytes) : 0);
        (_msgs, _bytes) = (settings.MaxMsgs, settings.MaxBytes);
        return more;
    }
}
