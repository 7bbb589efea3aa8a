using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Gateway.Security;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;

namespace SignalStream.Gateway.History;

/// <summary>Takes requests for history: refused, made to wait for a turn, answered, or cut when they take too long.</summary>
internal sealed class HistoryService(
    CatalogView catalog, HistoryAnswer history, TrendAnswer trend, HistoryTurns turns, HistoryOptions options, HistoryMetrics metrics,
    IHostApplicationLifetime life, TimeProvider time, ILogger<HistoryService> log)
{
    public CatalogView Catalog => catalog;

    public async Task<IResult> HistoryAsync(HttpContext http, StreamId stream)
    {
        if (!HistoryQuery.TryRead(http.Request.Query, stream, options.MostRows, time.GetUtcNow(), out var query, out var error))
            return Problem(error, StatusCodes.Status400BadRequest);
        return await InTurnAsync(http, stream, stop => history.WriteAsync(http, stream, query, RowsOf(stream, query.Type), stop));
    }

    public async Task<IResult> TrendAsync(HttpContext http, StreamId stream)
    {
        if (!TrendQuery.TryRead(http.Request.Query, stream, time.GetUtcNow(), out var query, out var error))
            return Problem(error, StatusCodes.Status400BadRequest);
        return await InTurnAsync(http, stream, stop => trend.WriteAsync(http, stream, query, stop));
    }

    public static ProblemHttpResult Problem(string detail, int status) => TypedResults.Problem(detail, statusCode: status);

    private IHistoryRows RowsOf(StreamId stream, SignalType type) => (type, stream.Kind) switch
    {
        (SignalType.Wave, _) => new WaveRows(catalog.Find(stream)),
        (SignalType.Reading, "market") => new ReadingRows<PriceReading>(ReadingForms.Price),
        (SignalType.Reading, _) => new ReadingRows<ProbeReading>(ReadingForms.Probe),
        _ => new EventRows(),
    };

    private async Task<IResult> InTurnAsync(HttpContext http, StreamId stream, Func<CancellationToken, Task> write)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(options.Seconds), time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, life.ApplicationStopping, patience.Token);
        try
        {
            using var turn = await turns.TryEnterAsync(AddressLimit.CountedFor(http.Connection.RemoteIpAddress), stop.Token);
            if (turn is null)
                return Busy(http);
            await write(stop.Token);
            metrics.Request("answered");
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException && !http.Response.HasStarted)
        {
            metrics.Request("unavailable");
            return Problem($"The log cannot be read: {exception.Message}", StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException or OperationCanceledException)
        {
            Cut(http, stream, exception, hasLeft: !patience.IsCancellationRequested && !life.ApplicationStopping.IsCancellationRequested
                && http.RequestAborted.IsCancellationRequested);
        }

        return TypedResults.Empty;
    }

    private ProblemHttpResult Busy(HttpContext http)
    {
        metrics.Request("busy");
        http.Response.Headers.RetryAfter = "1";
        return Problem(
            string.Create(CultureInfo.InvariantCulture, $"{options.Readers} requests read the logs and {options.Waiting} wait, {options.ReadersPerAddress} and a quarter of them of one address: no more at once."),
            StatusCodes.Status429TooManyRequests);
    }

    /// <summary>Half an answer must not look like a whole one.</summary>
    private void Cut(HttpContext http, StreamId stream, Exception reason, bool hasLeft)
    {
        metrics.Request(hasLeft ? "left" : "cut");
        if (hasLeft)
            return;
        log.HistoryCut(stream.ToString(), reason is OperationCanceledException ? $"not done after {options.Seconds} s, or the gateway ends" : reason.Message);
        http.Abort();
    }
}
