using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.Relay.Resume;

/// <summary>From where on a viewer wants a stream.</summary>
/// <param name="Epoch">Of the first sample that it lacks; 0 when it names no sample.</param>
/// <param name="First">Index of that sample.</param>
/// <param name="Back">Or so far back from now; null when it names no time.</param>
/// <param name="After">Sequence of the last event that it has, by the type's log; those above it are sent again.</param>
internal sealed record ResumePoint(uint Epoch, ulong First, TimeSpan? Back, IReadOnlyDictionary<SignalType, ulong> After)
{
    /// <summary>A producer's clock and the server's may differ by so much before the first look into the log misses the place.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(3);

    public static IReadOnlyDictionary<SignalType, ulong> NoEvents { get; } = new Dictionary<SignalType, ulong>();

    public bool HasPlace => Epoch > 0;

    /// <summary>Whether waves are to be read from the log.</summary>
    public bool WantsWaves => HasPlace || Back is not null;

    /// <summary>Whether events of a type are to be read from their log.</summary>
    public bool WantsEvents(SignalType type) => type is SignalType.Finding or SignalType.Forecast or SignalType.Alert
        && (Back is not null || After.ContainsKey(type));

    /// <summary>Where the log of waves is first looked into: an epoch is named for the second in which it began.</summary>
    /// <param name="rateHz">Of the samples; 0 when not known.</param>
    /// <param name="speed">Of the source against the clock.</param>
    /// <param name="now">By our clock.</param>
    public LogStart WaveStart(double rateHz, double speed, DateTimeOffset now)
    {
        if (Back is { } back)
            return new LogStart(0, now - back);
        if (!(rateHz > 0 && speed > 0))
            return default;
        var seconds = Epoch + (First / (rateHz * speed)) - Margin.TotalSeconds;
        return new LogStart(0, seconds < now.ToUnixTimeSeconds() ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : now - Margin);
    }

    /// <summary>Where an event log is read from.</summary>
    public LogStart EventStart(SignalType type, DateTimeOffset now) =>
        After.TryGetValue(type, out var after) ? new LogStart(after, after == 0 ? now : null) : new LogStart(0, now - Back);

    /// <summary>The viewer names a place that the source will not reach for long: it is not this source's.</summary>
    public bool IsFarBeyond(FrameHeader live) => HasPlace
        && (Epoch > live.Epoch || (Epoch == live.Epoch && First > live.First + (ulong)(10 * live.RateHz) + ushort.MaxValue));

    /// <summary>Whether a frame lies before the place that the viewer wants.</summary>
    public bool IsBefore(FrameHeader header, ulong covers) =>
        HasPlace && (header.Epoch < Epoch || (header.Epoch == Epoch && header.First + covers <= First));
}
