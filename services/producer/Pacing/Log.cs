namespace SignalStream.Producer.Pacing;

internal static partial class Log
{
    [LoggerMessage(LogLevel.Information, "Stream {Stream} starts: {Source}, {RateHz} Hz, epoch {Epoch}.")]
    public static partial void StreamStarted(this ILogger log, string stream, string source, double rateHz, uint epoch);

    [LoggerMessage(LogLevel.Error, "Stream {Stream} cannot be read: {Reason}")]
    public static partial void SourceFailed(this ILogger log, string stream, string reason);

    [LoggerMessage(LogLevel.Information, "Stream {Stream} has ended.")]
    public static partial void StreamEnded(this ILogger log, string stream);

    [LoggerMessage(LogLevel.Warning, "The log does not take frames: {Reason} They are kept and sent again.")]
    public static partial void FramesRefused(this ILogger log, string reason);

    [LoggerMessage(LogLevel.Warning, "Frames are dropped: they waited too long for the log, or are too many or too long. Outbox has the bounds.")]
    public static partial void FramesDropped(this ILogger log);

    [LoggerMessage(LogLevel.Warning, "{Frames} frames are left behind: the log has not acknowledged them within {Seconds} s.")]
    public static partial void FramesLeftBehind(this ILogger log, int frames, double seconds);

    [LoggerMessage(LogLevel.Warning, "{Stream}: {Samples} samples left out after a stall of more than {Seconds} s.")]
    public static partial void SamplesSkipped(this ILogger log, string stream, long samples, double seconds);

    [LoggerMessage(LogLevel.Warning, "The catalog cannot be reached: {Reason} Its entries follow when it can.")]
    public static partial void CatalogNotReached(this ILogger log, string reason);
}
