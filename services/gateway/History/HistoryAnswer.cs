using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.History;

/// <summary>Reads a log and writes it out as it comes: no faster than the client takes it, and never held as a whole.</summary>
internal sealed class HistoryAnswer(LogHistory logs, HistoryTurns turns, HistoryMetrics metrics, TimeProvider time)
{
    /// <summary>A piece of text that goes out at once, messages.</summary>
    private const int Piece = 128;

    /// <summary>A source's clock may be ahead of the log's by so much.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(1);

    /// <summary>A source whose event time is this close to the log's keeps to the wall clock: what is later in the log is later.</summary>
    private static readonly TimeSpan InStep = TimeSpan.FromMinutes(10);

    /// <summary>Writes the answer.</summary>
    /// <exception cref="NatsException">The log cannot be read; nothing has been written, unless the response has started.</exception>
    /// <exception cref="TimeoutException">The same.</exception>
    public async Task WriteAsync(HttpContext http, StreamId stream, HistoryQuery query, IHistoryRows rows, CancellationToken stop)
    {
        await using var messages = logs.ReadAsync(query.Type, stream, StretchOf(query), stop).GetAsyncEnumerator(stop);
        // The first one before the head: until then a failure can still be told.
        var isThere = await messages.MoveNextAsync();
        http.Response.ContentType = query.IsCsv ? "text/csv; charset=utf-8; header=present" : "application/json; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        using var writer = new HistoryWriter(http.Response.BodyWriter, rows, query.IsCsv);
        writer.Begin(stream, query.Type);
        writer.End(isThere ? await CopyAsync(messages, new Copy(http, query, rows, writer), stop) : null);
        await http.Response.BodyWriter.FlushAsync(stop);
    }

    private sealed record Copy(HttpContext Http, HistoryQuery Query, IHistoryRows Rows, HistoryWriter Writer)
    {
        public long FromNs { get; } = Query.From is { } from ? Messaging.EventTime.Of(from) : long.MinValue;

        public long ToNs { get; } = Query.To is { } to && Query.From is not null ? Messaging.EventTime.Of(to) : long.MaxValue;
    }

    /// <returns>Time of the first message behind the limit.</returns>
    private async Task<DateTimeOffset?> CopyAsync(IAsyncEnumerator<LoggedMessage> messages, Copy copy, CancellationToken stop)
    {
        var (written, since) = (0, 0);
        do
        {
            var logged = messages.Current;
            if (!copy.Rows.TryRead(logged, out var times))
                metrics.Unreadable();
            else if (times.FirstNs > copy.ToNs && (logged.Stored - At(times.FirstNs)).Duration() < InStep)
                break;
            else if (times.LastNs >= copy.FromNs && times.FirstNs <= copy.ToNs)
            {
                if (written == copy.Query.Limit)
                    return At(times.FirstNs);
                copy.Writer.Row();
                written++;
            }

            if (++since < Piece)
                continue;
            copy.Writer.Flush();
            await copy.Http.Response.BodyWriter.FlushAsync(stop);
            // Kestrel answers a cancelled flush by aborting the connection, not by throwing.
            stop.ThrowIfCancellationRequested();
            await turns.PaceAsync(since, stop);
            since = 0;
        }
        while (await messages.MoveNextAsync());

        await turns.PaceAsync(since, stop);
        return null;
    }

    private static DateTimeOffset At(long ns) => DateTimeOffset.UnixEpoch.AddTicks(ns / 100);

    private LogStretch StretchOf(HistoryQuery query) => query.From is { } from
        ? new LogStretch(from - DateTimeOffset.UnixEpoch > ClockSlack ? from - ClockSlack : null, null, null)
        : new LogStretch(null, query.To is { } to && to < time.GetUtcNow() ? to : null, query.Limit);
}
