using SignalStream.Messaging;
using SignalStream.Signal.Indicators;

namespace SignalStream.Producer.Market;

/// <summary>Checks the bars of one symbol and numbers them: what breaks a rule, repeats or comes too late is counted and left out.</summary>
internal sealed class BarIntake(string symbol, MarketOptions options, IMarketFeed feed, MarketMetrics metrics)
{
    private readonly BarSequence _sequence = new((long)(feed.IntervalSeconds * 1e9));
    private readonly Queue<(long TimeNs, double Ratio)> _splits = new(options.Splits
        .Where(s => s.Symbol == symbol)
        .OrderBy(s => s.Date)
        .Select(s => (EventTime.Of(new DateTimeOffset(s.Date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)), s.Ratio)));

    private ulong _index;
    private bool _hasBar;

    /// <summary>The bar as it goes into the log; null when it does not.</summary>
    public PriceReading? Take(PriceBar bar, uint epoch)
    {
        if (bar.Fault() is not null)
            return Refuse("invalid");
        switch (_sequence.Add(bar.TimeNs, out var missing))
        {
            case BarPlace.Repeated:
                return Refuse("repeated");
            case BarPlace.OutOfOrder:
                return Refuse("out_of_order");
        }

        metrics.Sent(missing);
        return new PriceReading(epoch, _index++, bar.TimeNs, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume)
        {
            Split = bar.Split * SplitBefore(bar.TimeNs),
            IntervalSeconds = feed.IntervalSeconds,
            Currency = options.Currency,
            IsSimulated = feed.IsSimulated,
            Missing = missing,
        };
    }

    /// <summary>Of the splits since the bar before; one before the first bar is in all the prices already.</summary>
    private double SplitBefore(long timeNs)
    {
        var ratio = 1.0;
        while (_splits.TryPeek(out var next) && next.TimeNs <= timeNs)
        {
            _splits.Dequeue();
            if (!_hasBar)
                continue;
            ratio *= next.Ratio;
            metrics.Split();
        }

        _hasBar = true;
        return ratio;
    }

    private PriceReading? Refuse(string reason)
    {
        metrics.Refused(reason);
        return null;
    }
}
