namespace SignalStream.Producer.Probes;

internal static partial class Log
{
    [LoggerMessage(LogLevel.Information, "Target {Target} is probed: {Probe} {Address} every {IntervalMs} ms.")]
    public static partial void TargetStarts(this ILogger log, string target, string probe, string address, double intervalMs);

    [LoggerMessage(LogLevel.Information, "Target {Target} is not probed here any more.")]
    public static partial void TargetEnds(this ILogger log, string target);

    [LoggerMessage(LogLevel.Warning, "Target {Target} cannot be probed: {Reason}")]
    public static partial void TargetFails(this ILogger log, string target, string reason);

    [LoggerMessage(LogLevel.Warning, "The target {Target} is refused: {Reason}")]
    public static partial void TargetRefused(this ILogger log, string target, string reason);

    [LoggerMessage(LogLevel.Warning, "The targets cannot be followed: {Reason} Those that are known are probed on.")]
    public static partial void TargetsNotFollowed(this ILogger log, string reason);
}
