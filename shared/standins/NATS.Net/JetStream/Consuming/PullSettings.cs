namespace NATS.Client.JetStream.Consuming;

/// <summary>How much a session asks for, and when it asks again.</summary>
/// <remarks>No limit in bytes is 0, no heartbeat is zero; <c>Once</c> is one request that is not renewed.</remarks>
internal sealed record PullSettings(
    int MaxMsgs,
    int MaxBytes,
    int ThresholdMsgs,
    int ThresholdBytes,
    TimeSpan Expires,
    TimeSpan IdleHeartbeat,
    bool Once,
    bool NoWait,
    Func<INatsJSNotification, CancellationToken, Task>? NotificationHandler)
{
    private const int DefaultMaxMsgs = 1_000;

    // With a limit in bytes the number of messages only has to be out of the way.
    private const int MaxMsgsWithBytes = 1_000_000;
    private static readonly TimeSpan DefaultExpires = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MinExpires = TimeSpan.FromSeconds(1);

    // A short request is over before a missing heartbeat would tell anything.
    private static readonly TimeSpan HeartbeatFrom = TimeSpan.FromSeconds(10);

    public static PullSettings For(NatsJSConsumeOpts opts)
    {
        var (maxMsgs, maxBytes) = Limits(opts.MaxMsgs, opts.MaxBytes);
        var expires = CheckedExpires(opts.Expires);
        return new PullSettings(
            maxMsgs,
            maxBytes,
            Math.Min(opts.ThresholdMsgs ?? maxMsgs / 2, maxMsgs - 1),
            Math.Min(opts.ThresholdBytes ?? maxBytes / 2, maxBytes),
            expires,
            CheckedHeartbeat(opts.IdleHeartbeat ?? expires / 2, expires),
            Once: false,
            NoWait: false,
            opts.NotificationHandler);
    }

    public static PullSettings For(NatsJSFetchOpts opts, bool noWait)
    {
        var (maxMsgs, maxBytes) = Limits(opts.MaxMsgs, opts.MaxBytes);
        var expires = CheckedExpires(opts.Expires);
        var heartbeat = opts.IdleHeartbeat ?? (expires >= HeartbeatFrom ? expires / 2 : TimeSpan.Zero);
        return new PullSettings(
            maxMsgs,
            maxBytes,
            ThresholdMsgs: -1,
            ThresholdBytes: -1,
            expires,
            noWait ? TimeSpan.Zero : CheckedHeartbeat(heartbeat, expires),
            Once: true,
            noWait,
            opts.NotificationHandler);
    }

    /// <summary>The time, or the shortest that may be asked for.</summary>
    public static TimeSpan Allowed(TimeSpan expires) => expires < MinExpires ? MinExpires : expires;

    private static (int Msgs, int Bytes) Limits(int? msgs, int? bytes)
    {
        if (msgs < 1 || bytes < 1)
            throw new NatsJSException($"MaxMsgs ({msgs}) and MaxBytes ({bytes}) must be above zero.");
        return (msgs ?? (bytes is null ? DefaultMaxMsgs : MaxMsgsWithBytes), bytes ?? 0);
    }

    private static TimeSpan CheckedExpires(TimeSpan? expires) =>
        expires < MinExpires
            ? throw new NatsJSException($"Expires is {expires}; the least is {MinExpires}.")
            : expires ?? DefaultExpires;

    private static TimeSpan CheckedHeartbeat(TimeSpan heartbeat, TimeSpan expires) =>
        heartbeat > expires / 2
            ? throw new NatsJSException($"IdleHeartbeat is {heartbeat}; the most is half of Expires, {expires / 2}.")
            : heartbeat;
}
