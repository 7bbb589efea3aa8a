using Microsoft.Extensions.Logging;

namespace NATS.Client.Core;

internal static partial class Log
{
    [LoggerMessage(LogLevel.Information, "Connected to {Server}.")]
    public static partial void Connected(this ILogger log, string server);

    [LoggerMessage(LogLevel.Warning, "Disconnected from {Server}: {Reason}")]
    public static partial void Disconnected(this ILogger log, string server, string reason);

    [LoggerMessage(LogLevel.Warning, "Connecting to {Server} failed: {Reason}")]
    public static partial void ConnectFailed(this ILogger log, string server, string reason);

    [LoggerMessage(LogLevel.Error, "No more attempts to connect: {Reason}")]
    public static partial void GaveUp(this ILogger log, string reason);

    [LoggerMessage(LogLevel.Warning, "Subscription {Subject} is a slow consumer: messages are dropped.")]
    public static partial void SlowConsumer(this ILogger log, string subject);

    [LoggerMessage(LogLevel.Warning, "The server says: {Error}")]
    public static partial void ServerSays(this ILogger log, string error);

    [LoggerMessage(LogLevel.Error, "A message is given up: two connections in a row ended in the middle of it.")]
    public static partial void MessageGivenUp(this ILogger log);

    [LoggerMessage(LogLevel.Information, "{Server} is in lame duck mode.")]
    public static partial void LameDuck(this ILogger log, string server);

    [LoggerMessage(LogLevel.Error, "An event handler failed.")]
    public static partial void HandlerFailed(this ILogger log, Exception exception);
}
