using System.Globalization;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.History;

/// <summary>Sums a network target's log up into columns.</summary>
internal sealed class TrendAnswer(LogHistory logs, HistoryTurns turns, HistoryMetrics metrics)
{
    private const int PaceEvery = 1000;
    private const int MostAnomalies = 1000;

    private static readonly string[] s_columns =
        ["time", "readings", "lost", .. TrendColumns.Shares.Select(q => q is 0 ? "min" : q is 1 ? "max" : string.Create(CultureInfo.InvariantCulture, $"p{q * 100:00}"))];

    /// <summary>Writes the answer. At most 5,000 columns are held, however much is read.</summary>
    public async Task WriteAsync(HttpContext http, StreamId stream, TrendQuery query, CancellationToken stop)
    {
        var since = await logs.OldestAsync(query.IsOfFindings ? SignalType.Finding : SignalType.Reading, stop);
        var trend = new Trend(query);
        if (!query.IsOfFindings)
            await ReadAsync(SignalType.Reading, stream, query, trend.TakeReading, stop);
        await ReadAsync(SignalType.Finding, stream, query, trend.TakeFinding, stop);
        trend.End();
        var text = new TrendText(
            stream.ToString(), query.IsOfFindings ? "findings" : "readings", query.StepMs, Milliseconds(query.From), Milliseconds(query.To),
            since is { } oldest ? Milliseconds(oldest) : null, s_columns, trend.Rows, [.. trend.Anomalies.Values.TakeLast(MostAnomalies).Select(Describe)]);
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsJsonAsync(text, TrendJson.Default.TrendText, cancellationToken: stop);
    }

    private async Task ReadAsync(SignalType type, StreamId stream, TrendQuery query, Func<LoggedMessage, bool> take, CancellationToken stop)
    {
        var read = 0;
        await foreach (var logged in logs.ReadAsync(type, stream, new LogStretch(query.From, null, null), stop))
        {
            if (!take(logged))
                metrics.Unreadable();
            if (++read % PaceEvery == 0)
                await turns.PaceAsync(PaceEvery, stop);
            // What is behind the end is of no interest; what was found late may still be.
            if (logged.Stored > query.To + TimeSpan.FromMinutes(1))
                break;
        }

        await turns.PaceAsync(read % PaceEvery, stop);
    }

    private static TrendAnomaly Describe(AnomalyEvent a) => new(
        a.Metric, a.Form, EventTime.Milliseconds(a.StartNs), a.EndNs is { } endNs ? EventTime.Milliseconds(endNs) : null, a.Reason);

    private static double Milliseconds(DateTimeOffset time) => EventTime.Milliseconds(EventTime.Of(time));

    /// <summary>The columns and anomalies so far.</summary>
    private sealed class Trend(TrendQuery query)
    {
        private readonly long _fromNs = EventTime.Of(query.From);
        private readonly long _toNs = EventTime.Of(query.To);
        private readonly TrendColumns _columns = new(query.StepMs);
        private long _takenNs = long.MinValue;

        public List<IReadOnlyList<double?>> Rows { get; } = [];

        /// <summary>Each as it was told last.</summary>
        public OrderedDictionary<(string Metric, long StartNs), AnomalyEvent> Anomalies { get; } = [];

        public bool TakeReading(LoggedMessage logged)
        {
            if (!ReadingCodec.TryDecode(logged.Bytes.Span, out var reading, out _))
                return false;
            if (reading.SentNs >= _fromNs && reading.SentNs <= _toNs)
                Keep(_columns.Add(reading));
            return true;
        }

        /// <summary>Windows overlap: one is taken, and the next that has nothing of it.</summary>
        public bool TakeFinding(LoggedMessage logged)
        {
            var isWanted = EventPeek.IsAnomaly(logged.Bytes.Span) || (query.IsOfFindings && EventPeek.IsLatencyStatistics(logged.Bytes.Span) && IsDue(logged));
            if (!isWanted)
                return true;
            if (!EventCodec.TryDecode(logged.Bytes.Span, out var happened, out _))
                return false;
            if (happened is AnomalyEvent anomaly)
                Anomalies[(anomaly.Metric, anomaly.StartNs)] = anomaly;
            if (happened is LatencyStatisticsEvent { Windows: [{ Readings: > 0 } shortest, ..] } found && found.Place.TimeNs <= _toNs)
            {
                var lengthNs = (long)(shortest.Seconds * 1e9);
                if (_takenNs != long.MinValue && found.Place.TimeNs < _takenNs + lengthNs)
                    return true;
                _takenNs = found.Place.TimeNs;
                if (found.Place.TimeNs - (lengthNs / 2) >= _fromNs)
                    Keep(_columns.Add(shortest, found.Place.TimeNs));
            }

            return true;
        }

        public void End() => Keep(_columns.End());

        /// <summary>Spares decoding most of them: what was stored soon after the last one overlaps it.</summary>
        private bool IsDue(LoggedMessage logged) => _takenNs == long.MinValue || EventTime.Of(logged.Stored) >= _takenNs + 9_500_000_000;

        private void Keep(TrendColumn? done)
        {
            if (done is { } column)
            {
                Rows.Add([column.StartMs, column.Readings, column.Lost, .. column.Quantiles.Count > 0
                    ? column.Quantiles.Select(q => (double?)Math.Round(q, 4)) : TrendColumns.Shares.Select(_ => default(double?))]);
            }
        }
    }
}
