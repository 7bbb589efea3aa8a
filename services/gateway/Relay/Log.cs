using System.Net.WebSockets;
using SignalStream.Contracts;

namespace SignalStream.Gateway.Relay;

internal static partial class Log
{
    [LoggerMessage(LogLevel.Warning, "A frame of {Stream} was refused: {Reason} Told once a minute at most.")]
    public static partial void FrameRefused(this ILogger log, StreamId stream, string reason);

    [LoggerMessage(LogLevel.Warning, "Cannot take {Stream} from the bus: {Reason} Trying again.")]
    public static partial void FeedInterrupted(this ILogger log, StreamId stream, string reason);

    [LoggerMessage(LogLevel.Warning, "A message on {Subject} was refused: {Reason} Told once a minute at most.")]
    public static partial void EventRefused(this ILogger log, string subject, string reason);

    [LoggerMessage(LogLevel.Warning, "Cannot read the log {LogName}: {Reason} Trying again.")]
    public static partial void LogInterrupted(this ILogger log, string logName, string reason);

    [LoggerMessage(LogLevel.Warning, "Cannot follow the catalog: {Reason} Trying again.")]
    public static partial void CatalogInterrupted(this ILogger log, string reason);

    [LoggerMessage(LogLevel.Warning, "The catalog's entry {Key} cannot be read.")]
    public static partial void CatalogEntryRefused(this ILogger log, string key);

    [LoggerMessage(LogLevel.Information, "Viewer {ViewerId} is closed with {Code}: {Reason}")]
    public static partial void ViewerClosed(this ILogger log, long viewerId, WebSocketCloseStatus code, string reason);

    [LoggerMessage(LogLevel.Information, "Viewer {ViewerId} did not answer the close within {Seconds} s: its connection is aborted.")]
    public static partial void ViewerAborted(this ILogger log, long viewerId, int seconds);
}
