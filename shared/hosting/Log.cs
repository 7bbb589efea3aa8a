using Microsoft.Extensions.Logging;

namespace SignalStream.Hosting;

internal static partial class Log
{
    [LoggerMessage(LogLevel.Critical, "The configuration is wrong: {Failure}")]
    public static partial void ConfigurationIsWrong(this ILogger log, string failure);

    [LoggerMessage(LogLevel.Critical, "Cannot listen: {Reason}")]
    public static partial void CannotListen(this ILogger log, string reason);

    [LoggerMessage(LogLevel.Information, "Connected to nats-server {Version} at {Url}.")]
    public static partial void Connected(this ILogger log, string version, string url);

    [LoggerMessage(LogLevel.Warning, "No nats-server at {Url}: {Reason} Trying again.")]
    public static partial void CannotConnect(this ILogger log, string url, string reason);

    [LoggerMessage(LogLevel.Warning, "Lost the connection to nats-server: {Reason}")]
    public static partial void Disconnected(this ILogger log, string reason);

    [LoggerMessage(LogLevel.Warning, "The nats-server ignored a setting. {Difference}")]
    public static partial void SettingIgnored(this ILogger log, string difference);

    [LoggerMessage(LogLevel.Error, "The logs are not ready: {Reason} Trying again.")]
    public static partial void LogsNotReady(this ILogger log, string reason);

    [LoggerMessage(LogLevel.Error, "The nats-server refused something: {Reason}")]
    public static partial void ServerError(this ILogger log, string reason);

    [LoggerMessage(LogLevel.Warning, "Messages on {Subject} come faster than they are taken; the oldest are dropped.")]
    public static partial void SlowSubscription(this ILogger log, string subject);

    [LoggerMessage(LogLevel.Information, "{Partitions} of 64 partitions fall to this replica, one of {Replicas}.")]
    public static partial void PartitionsOwned(this ILogger log, int partitions, int replicas);

    [LoggerMessage(LogLevel.Warning, "The other replicas cannot be heard: {Reason} Trying again.")]
    public static partial void MembershipInterrupted(this ILogger log, string reason);

    [LoggerMessage(LogLevel.Warning, "The work on partitions met trouble: {Trouble}")]
    public static partial void EngineTroubled(this ILogger log, string trouble);

    [LoggerMessage(LogLevel.Error, "{Alarm}")]
    public static partial void EngineAlarmed(this ILogger log, string alarm);

    [LoggerMessage(LogLevel.Warning, "An input of {Stream} is refused: {Reason} Further ones of it are counted only.")]
    public static partial void InputRejected(this ILogger log, string stream, string reason);
}
