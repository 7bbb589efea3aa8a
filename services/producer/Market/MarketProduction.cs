using System.Globalization;
using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Formats.Csv;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Producer.Market;

/// <summary>Each symbol's way from its source into the log of readings; one after the other within a symbol.</summary>
internal sealed class MarketProduction(
    MarketFeeds feeds,
    MarketOptions options,
    MarketMetrics metrics,
    ReadingLog readings,
    CatalogWriter catalog,
    NatsReadiness nats,
    TimeProvider time,
    ILogger<MarketProduction> log) : BackgroundService
{
    private static readonly TimeSpan SaySo = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Source == MarketSource.None)
            return;
        try
        {
            await nats.WaitAsync(stoppingToken);
            await Task.WhenAll(feeds.All().Select(f => ProduceAsync(f.Symbol, f.Open, stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task ProduceAsync(string symbol, Func<IMarketFeed> open, CancellationToken stoppingToken)
    {
        CatalogEntry? entry = null;
        try
        {
            var feed = open();
            var epoch = Math.Max((uint)time.GetUtcNow().ToUnixTimeSeconds(), await LastEpochAsync(symbol, stoppingToken) + 1);
            entry = EntryOf(symbol, feed, epoch);
            log.SymbolStarted(symbol, feed.Source, feed.IntervalSeconds, epoch);
            await SendAsync(symbol, feed, entry, stoppingToken);
            log.SymbolEnded(symbol);
        }
        catch (Exception exception) when (exception is CsvException or IOException or UnauthorizedAccessException)
        {
            log.SymbolFailed(symbol, exception.Message);
        }
        finally
        {
            if (entry is not null)
                await PutAsync(entry with { Life = Life.Ended, LifeSinceNs = EventTime.Of(time.GetUtcNow()) });
        }
    }

    private async Task SendAsync(string symbol, IMarketFeed feed, CatalogEntry entry, CancellationToken stoppingToken)
    {
        var intake = new BarIntake(symbol, options, feed, metrics);
        var told = time.GetTimestamp();
        await PutAsync(entry);
        await foreach (var bar in feed.ReadAsync(stoppingToken))
        {
            if (intake.Take(bar, entry.Epoch) is not { } reading)
                continue;
            await readings.PublishAsync(
                entry.Stream, string.Create(CultureInfo.InvariantCulture, $"{reading.Epoch}/{reading.Index}"), PriceCodec.Encode(reading),
                reason => log.BarWaits(symbol, reason), stoppingToken);
            // Again now and then, as the server may have come back without its store.
            if (time.GetElapsedTime(told) < SaySo)
                continue;
            told = time.GetTimestamp();
            await PutAsync(entry);
        }
    }

    /// <summary>That of the symbol's last bar in the log, however long the log is away: readers pass over what is not above it.</summary>
    private async Task<uint> LastEpochAsync(string symbol, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await readings.FindLastAsync(StreamOf(symbol), cancellationToken) is { } last && PriceCodec.TryDecode(last.Data.Span, out var bar, out _)
                    ? bar.Epoch
                    : 0;
            }
            catch (Exception exception) when (exception is NatsException or TimeoutException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                log.BarWaits(symbol, exception.Message);
                await Task.Delay(AskAgainAfter, time, cancellationToken);
            }
        }
    }

    private static StreamId StreamOf(string symbol) => new("market", symbol);

    private CatalogEntry EntryOf(string symbol, IMarketFeed feed, uint epoch) =>
        new(StreamOf(symbol), symbol, options.Currency, feed.IntervalSeconds > 0 ? 1 / feed.IntervalSeconds : 0)
        {
            Channels = [new CatalogChannel("close", 0, 0)],
            Source = feed.Source,
            Simulated = feed.IsSimulated,
            Speed = feed.Speed,
            Epoch = epoch,
            EpochStartNs = EventTime.Of(time.GetUtcNow()),
            Life = Life.Live,
            LifeSinceNs = EventTime.Of(time.GetUtcNow()),
        };

    /// <summary>Bounded, as it may be the last thing before the end.</summary>
    private async Task PutAsync(CatalogEntry entry)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
        try
        {
            await catalog.PutAsync(entry, patience.Token);
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException or OperationCanceledException)
        {
            log.MarketCatalogNotReached(exception.Message);
        }
    }
}
