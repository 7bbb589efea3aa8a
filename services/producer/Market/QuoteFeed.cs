using System.Runtime.CompilerServices;
using System.Text.Json;
using Polly;
using SignalStream.Formats.Csv;
using SignalStream.Messaging;
using SignalStream.Signal.Indicators;

namespace SignalStream.Producer.Market;

/// <summary>Asks an HTTP endpoint for a symbol's price now and then; each answer is a bar of one price.</summary>
internal sealed class QuoteFeed(
    string symbol, QuoteOptions options, HttpClient http, ResiliencePipeline<JsonDocument> pipeline, MarketMetrics metrics, TimeProvider time, ILogger log)
    : IMarketFeed
{
    private readonly Uri _address = new(options.Url.Replace("{symbol}", Uri.EscapeDataString(symbol), StringComparison.Ordinal));

    public string Source => $"quotes {_address.Host}";

    public bool IsSimulated => false;

    public double IntervalSeconds => options.IntervalSeconds;

    public double Speed => 1;

    public async IAsyncEnumerable<PriceBar> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.IntervalSeconds), time);
        do
        {
            if (await AskAsync(cancellationToken) is { } bar)
                yield return bar;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>One question with its retries; null when there was no answer that can be used.</summary>
    internal async Task<PriceBar?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await pipeline.ExecuteAsync(FetchAsync, cancellationToken);
            metrics.Asked("answered");
            return ToBar(answer.RootElement);
        }
        catch (Exception exception) when (QuotePipeline.IsFailure(exception) || exception is ExecutionRejectedException)
        {
            metrics.Asked(QuotePipeline.WordOf(exception));
            log.QuoteMissed(symbol, exception.Message);
            return null;
        }
    }

    private async ValueTask<JsonDocument> FetchAsync(CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(_address, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        if (JsonPath.Number(document.RootElement, options.Price) is > 0)
            return document;
        document.Dispose();
        throw new JsonException($"The answer has no price above 0 at {options.Price}.");
    }

    private PriceBar ToBar(JsonElement root)
    {
        var price = JsonPath.Number(root, options.Price)!.Value;
        return new PriceBar(TimeOf(root), price, price, price, price, JsonPath.Number(root, options.Volume) ?? 0);
    }

    private long TimeOf(JsonElement root)
    {
        var text = options.Time.Length > 0 && JsonPath.Find(root, options.Time) is { } found ? found.ToString() : "";
        return CsvTime.TryParse(text, out var timeNs) ? timeNs : EventTime.Of(time.GetUtcNow());
    }
}
