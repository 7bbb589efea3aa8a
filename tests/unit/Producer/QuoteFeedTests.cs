using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using SignalStream.Producer.Market;

namespace SignalStream.UnitTests.Producer;

/// <summary>The poller against an endpoint that answers slowly, wrongly, with errors, and not at all.</summary>
public sealed class QuoteFeedTests : IDisposable
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly HttpClient _http = QuotePipeline.Client();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task AskAsync_GoodAnswer_IsABar()
    {
        await using var server = QuoteServer.Start(Answer.Good);
        var bar = await Feed(server).AskAsync(CancellationToken.None);
        Assert.Equal((101.5, 1_748_623_200_000_000_000, 12.0), (bar!.Value.Close, bar.Value.TimeNs, bar.Value.Volume));
        Assert.Equal("/quote/BRK-B", server.Asked.Single());
    }

    [Theory]
    [InlineData(Answer.ServerError)]
    [InlineData(Answer.NoJson)]
    [InlineData(Answer.OtherJson)]
    [InlineData(Answer.NegativePrice)]
    [InlineData(Answer.CutOff)]
    [InlineData(Answer.Hang)]
    public async Task AskAsync_TroubleThatPasses_IsTriedAgain(object trouble)
    {
        await using var server = QuoteServer.Start((Answer)trouble, Answer.Good);
        Assert.Equal(101.5, (await Feed(server).AskAsync(CancellationToken.None))!.Value.Close);
        Assert.Equal(2, server.Asked.Count);
    }

    [Theory]
    [InlineData(Answer.ServerError, "bad_status", 3)]
    [InlineData(Answer.NoJson, "bad_answer", 3)]
    [InlineData(Answer.Hang, "timeout", 3)]
    [InlineData(Answer.CutOff, "no_connection", 3)]
    [InlineData(Answer.Huge, "no_connection", 3)]
    public async Task AskAsync_TroubleThatStays_IsGivenUpAndCounted(object trouble, string word, int tries)
    {
        await using var server = QuoteServer.Start((Answer)trouble);
        Assert.Null(await Feed(server).AskAsync(CancellationToken.None));
        Assert.Equal(tries, server.Asked.Count);
        Assert.Contains($"quotes_total{{outcome=\"{word}\"}} 1", await ExpositionAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AskAsync_NobodyThere_IsGivenUpAndCounted()
    {
        var server = QuoteServer.Start(Answer.Good);
        await server.DisposeAsync();
        Assert.Null(await Feed(server).AskAsync(CancellationToken.None));
        Assert.Contains("outcome=\"no_connection\"", await ExpositionAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AskAsync_EndpointThatKeepsFailing_IsLeftAlone()
    {
        await using var server = QuoteServer.Start(Answer.ServerError);
        var feed = Feed(server);
        for (var i = 0; i < 6; i++)
            Assert.Null(await feed.AskAsync(CancellationToken.None));
        Assert.Equal(10, server.Asked.Count);
        Assert.Contains("outcome=\"circuit_open\"", await ExpositionAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_ToldToStop_EndsAtOnce()
    {
        await using var server = QuoteServer.Start(Answer.Hang);
        using var stop = new CancellationTokenSource();
        var read = Task.Run(async () =>
        {
            await foreach (var _ in Feed(server, timeoutSeconds: 100).ReadAsync(stop.Token))
            {
            }
        });
        await server.FirstAsked;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    private QuoteFeed Feed(QuoteServer server, double timeoutSeconds = 1.5)
    {
        var options = new QuoteOptions
        {
            Url = $"{server.Address}quote/{{symbol}}",
            Price = "quote[0].price",
            Volume = "quote[0].volume",
            Time = "quote[0].time",
            TimeoutSeconds = timeoutSeconds,
            Retries = 2,
            RetryDelaySeconds = 0.01,
        };
        return new QuoteFeed(
            "BRK-B", options, _http, QuotePipeline.Build(options, TimeProvider.System),
            new MarketMetrics(Metrics.WithCustomRegistry(_registry)), TimeProvider.System, NullLogger.Instance);
    }

    private async Task<string> ExpositionAsync()
    {
        using var text = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(text, CancellationToken.None);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
