namespace SignalStream.Processor.Webhooks;

internal static partial class Log
{
    [LoggerMessage(LogLevel.Information, "Webhook {Receiver}: {Host} is served from here, from alert {Sequence} on.")]
    public static partial void ReceiverServed(this ILogger log, string receiver, string host, ulong sequence);

    [LoggerMessage(LogLevel.Warning, "Webhook {Receiver} has not taken an alert: {Reason}. It is tried again.")]
    public static partial void DeliveryFailed(this ILogger log, string receiver, string reason);

    [LoggerMessage(LogLevel.Error, "Webhook {Receiver} refuses what it was sent, status {Status}: {Alerts} alerts are passed over.")]
    public static partial void DeliveryRefused(this ILogger log, string receiver, int status, int alerts);

    [LoggerMessage(LogLevel.Information, "Webhook {Receiver} takes alerts again.")]
    public static partial void DeliveryResumed(this ILogger log, string receiver);

    [LoggerMessage(LogLevel.Warning, "Webhook {Receiver}: the log of alerts was interrupted: {Reason}")]
    public static partial void AlertsInterrupted(this ILogger log, string receiver, string reason);

    [LoggerMessage(LogLevel.Information, "Webhook {Receiver} is served by another replica.")]
    public static partial void ReceiverLeft(this ILogger log, string receiver);
}
