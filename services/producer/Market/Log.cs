namespace SignalStream.Producer.Market;

internal static partial class Log
{
    [LoggerMessage(LogLevel.Information, "Market {Symbol} starts: {Source}, every {Seconds} s, epoch {Epoch}.")]
    public static partial void SymbolStarted(this ILogger log, string symbol, string source, double seconds, uint epoch);

    [LoggerMessage(LogLevel.Information, "Market {Symbol} has ended.")]
    public static partial void SymbolEnded(this ILogger log, string symbol);

    [LoggerMessage(LogLevel.Error, "Market {Symbol} cannot be read: {Reason}")]
    public static partial void SymbolFailed(this ILogger log, string symbol, string reason);

    [LoggerMessage(LogLevel.Warning, "No quote of {Symbol}: {Reason}")]
    public static partial void QuoteMissed(this ILogger log, string symbol, string reason);

    [LoggerMessage(LogLevel.Warning, "A bar of {Symbol} waits for the log: {Reason}")]
    public static partial void BarWaits(this ILogger log, string symbol, string reason);

    [LoggerMessage(LogLevel.Error, "No file of {Symbol} in {Path}: it is left out.")]
    public static partial void NoFile(this ILogger log, string symbol, string path);

    [LoggerMessage(LogLevel.Warning, "The catalog cannot be reached: {Reason} The entries of the market follow when it can.")]
    public static partial void MarketCatalogNotReached(this ILogger log, string reason);
}
