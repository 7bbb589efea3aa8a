using System.Runtime.CompilerServices;
using System.Text;
using SignalStream.Messaging;
using SignalStream.Signal.Indicators;
using SignalStream.Signal.Synthesis;

namespace SignalStream.Producer.Market;

/// <summary>A price that nobody trades: first the bars of the time before, then one each interval, by an absolute schedule.</summary>
internal sealed class SimulatedFeed(string symbol, MarketOptions options, TimeProvider time) : IMarketFeed
{
    private static readonly Dictionary<string, double> UsualPrices = new(StringComparer.Ordinal)
    {
        ["AAPL"] = 190,
        ["MSFT"] = 410,
        ["TSLA"] = 240,
        ["GOOGL"] = 165,
        ["AMZN"] = 185,
    };

    public string Source => "simulator";

    public bool IsSimulated => true;

    public double IntervalSeconds => options.UpdateIntervalSeconds;

    public double Speed => 1;

    public async IAsyncEnumerable<PriceBar> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var generator = new PriceGenerator(new PriceSettings(UsualPrices.GetValueOrDefault(symbol, 100), SeedOf(symbol) ^ options.Seed));
        var interval = TimeSpan.FromSeconds(options.UpdateIntervalSeconds);
        var start = time.GetUtcNow();
        for (var i = options.WarmUpBars; i > 0; i--)
            yield return generator.Next(EventTime.Of(start - (i * interval)));
        for (long n = 0; ; n++)
        {
            var due = start + (n * interval);
            if (due - time.GetUtcNow() is { Ticks: > 0 } wait)
                await Task.Delay(wait, time, cancellationToken);
            yield return generator.Next(EventTime.Of(due));
        }
    }

    /// <summary>FNV-1a of the symbol.</summary>
    private static ulong SeedOf(string symbol) =>
        Encoding.UTF8.GetBytes(symbol).Aggregate(14695981039346656037UL, (hash, b) => (hash ^ b) * 1099511628211UL);
}
