namespace SignalStream.Gateway.Recorder;

internal static partial class Log
{
    [LoggerMessage(LogLevel.Information, "Every reading is recorded in {Directory}: {Days} days, at most {Megabytes} MB.")]
    public static partial void Recording(this ILogger log, string directory, int days, int megabytes);

    [LoggerMessage(LogLevel.Warning, "Readings cannot be recorded in {Directory} and are kept to try again: {Reason}")]
    public static partial void RecordingFailed(this ILogger log, string directory, string reason);

    [LoggerMessage(LogLevel.Information, "Readings are recorded in {Directory} again.")]
    public static partial void RecordingAgain(this ILogger log, string directory);

    [LoggerMessage(LogLevel.Warning, "The log of readings cannot be read and is tried again: {Reason}")]
    public static partial void ReadingInterrupted(this ILogger log, string reason);
}
