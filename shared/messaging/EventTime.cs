namespace SignalStream.Messaging;

/// <summary>Event time: nanoseconds since the Unix epoch.</summary>
public static class EventTime
{
    private const long NanosecondsPerTick = 100;

    /// <summary>The moment in ns since the Unix epoch.</summary>
    public static long Of(DateTimeOffset moment) => (moment.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * NanosecondsPerTick;

    /// <summary>The same in ms with a fraction, as JSON carries it.</summary>
    public static double Milliseconds(long ns) => ns / 1e6;
}
