using Prometheus;

namespace SignalStream.Producer.Market;

internal sealed class MarketMetrics(IMetricFactory metrics)
{
    private readonly Counter _bars = metrics.CreateCounter(
        "signalstream_producer_bars_total", "Market bars that went into the log.");
    private readonly Counter _missing = metrics.CreateCounter(
        "signalstream_producer_bars_missing_total", "Market bars that the source left out between two that came.");
    private readonly Counter _refused = metrics.CreateCounter(
        "signalstream_producer_bars_refused_total", "Market bars that were left out: invalid, repeated, out_of_order.", ["reason"]);
    private readonly Counter _splits = metrics.CreateCounter(
        "signalstream_producer_splits_total", "Splits that were passed on with a bar.");
    private readonly Counter _asked = metrics.CreateCounter(
        "signalstream_producer_quotes_total", "Questions for quotes, retries included in one, by how they ended.", ["outcome"]);

    public void Sent(int missing)
    {
        _bars.Inc();
        _missing.Inc(missing);
    }

    public void Refused(string reason) => _refused.WithLabels(reason).Inc();

    public void Split() => _splits.Inc();

    public void Asked(string outcome) => _asked.WithLabels(outcome).Inc();
}
