namespace SignalStream.Gateway.History;

internal static partial class Log
{
    [LoggerMessage(LogLevel.Warning, "An answer of what the log has of {Stream} is cut: {Reason}.")]
    public static partial void HistoryCut(this ILogger log, string stream, string reason);
}
