using SignalStream.Signal.Indicators;

namespace SignalStream.Producer.Market;

/// <summary>Bars of one symbol, from where they arise.</summary>
internal interface IMarketFeed
{
    /// <summary>For the catalog: where they come from.</summary>
    string Source { get; }

    bool IsSimulated { get; }

    /// <summary>Nominal distance of bars, s; 0 when not known.</summary>
    double IntervalSeconds { get; }

    /// <summary>Replay factor; 1 is real time, 0 as fast as possible.</summary>
    double Speed { get; }

    /// <summary>The bars as they become due; ends with the source. Not checked, and in the source's order.</summary>
    IAsyncEnumerable<PriceBar> ReadAsync(CancellationToken cancellationToken);
}
