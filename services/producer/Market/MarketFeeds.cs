using System.Text.Json;
using Polly;
using SignalStream.Contracts;

namespace SignalStream.Producer.Market;

/// <summary>Opens the configured source of each symbol.</summary>
internal sealed class MarketFeeds(MarketOptions options, MarketMetrics metrics, TimeProvider time, ILogger<MarketFeeds> log) : IDisposable
{
    private readonly Lazy<HttpClient> _http = new(QuotePipeline.Client);
    private readonly Lazy<ResiliencePipeline<JsonDocument>> _pipeline = new(() => QuotePipeline.Build(options.Quotes, time));

    /// <summary>Symbols with how to open their source; opening may fail with a message for people.</summary>
    public IEnumerable<(string Symbol, Func<IMarketFeed> Open)> All() => options.Source switch
    {
        MarketSource.Simulator => options.SymbolList.Select(s => (s, (Func<IMarketFeed>)(() => new SimulatedFeed(s, options, time)))),
        MarketSource.Quotes => options.SymbolList.Select(s => (s, (Func<IMarketFeed>)(() =>
            new QuoteFeed(s, options.Quotes, _http.Value, _pipeline.Value, metrics, time, log)))),
        MarketSource.Replay => Files(options.Path!),
        _ => [],
    };

    public void Dispose()
    {
        if (_http.IsValueCreated)
            _http.Value.Dispose();
    }

    private IEnumerable<(string Symbol, Func<IMarketFeed> Open)> Files(string path)
    {
        if (!Directory.Exists(path))
            return [(TokenOf(path), () => CsvFeed.Open(path, options.Speed, time))];
        return options.SymbolList.Where(s => HasFile(path, s)).Select(s =>
            (s, (Func<IMarketFeed>)(() => CsvFeed.Open(Path.Combine(path, s + ".csv"), options.Speed, time))));
    }

    private bool HasFile(string folder, string symbol)
    {
        var isThere = File.Exists(Path.Combine(folder, symbol + ".csv"));
        if (!isThere)
            log.NoFile(symbol, folder);
        return isThere;
    }

    private static string TokenOf(string path) => new(
        [.. Path.GetFileNameWithoutExtension(path).Take(StreamId.MaxTokenLength).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '-')]);
}
